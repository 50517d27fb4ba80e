# Everything that is done with this repository by hand. `make` alone explains itself.
# Works with GNU make 3.81 (macOS) and later; needs Python 3.11 or later and nothing else.

VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.installed
PYTEST := $(BIN)/python -m pytest
# File by file, the longest first: what the tests of a file share takes long to start.
ON_ALL_CORES := -n auto --dist loadfile --no-loadscope-reorder

# Tools that are run by hand only, so they are not in requirements.lock.
UV       := 0.13.9
SPECTRAL := 6.16.3
REDOCLY  := 2.77.0

.DEFAULT_GOAL := help
.PHONY: help run test thorough check spec spectral redocly contract collection sdk release layers types migrate migrations bench bench-reports bench-paper bench-webhooks gallery lint format lock clean seed

help:  ## say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' Makefile

run: $(READY)  ## start the API, its database and its job worker with a demo organization
	@exec $(BIN)/finzbooks serve --demo --with-parent

seed: $(READY)  ## write the demo organization into the database
	$(BIN)/finzbooks seed

migrate: $(READY)  ## bring the database's tables up to date
	$(BIN)/finzbooks migrate

test: $(READY)  ## run the tests on a throw-away PostgreSQL, all but the thorough ones
	$(PYTEST) $(ON_ALL_CORES) -m 'not thorough'

thorough: $(READY)  ## run what takes long and rarely breaks: fuzzing, stories, random books, killed workers, every call in a browser
	$(PYTEST) $(ON_ALL_CORES) -m thorough

check: lint types spec test  ## all that must pass before a change is done (layers and migrations are tests)

bench-reports: $(READY)  ## measure every report on books of up to a million invoices; takes half an hour
	$(BIN)/python -m benches --parts reports --books 10000,100000,1000000 --seconds 2 --rounds 2

bench-paper: $(READY)  ## measure how PDFs are made, by wkhtmltopdf and by PlutoPrint; takes some minutes
	$(BIN)/python -m benches --parts paper --seconds 8

bench-webhooks: $(READY)  ## measure how soon webhooks are sent, how many, and beside a dead endpoint; takes a minute
	$(BIN)/python -m benches --parts webhooks --seconds 10

lint: $(READY)  ## check format and style
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

format: $(READY)  ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

types: $(READY)  ## check the types
	$(BIN)/mypy

layers: $(READY)  ## check who imports whom, and the sizes of files and functions
	$(PYTEST) -q tests/test_layers.py

spec: $(READY)  ## merge the contract; check that it is OpenAPI and breaks no client of the last release
	@mkdir -p build
	$(BIN)/python -m openapi.bundle > build/openapi.json
	$(BIN)/python -m openapi.rendition > build/openapi-3.1.json
	$(BIN)/openapi-spec-validator build/openapi.json build/openapi-3.1.json
	$(BIN)/python -m openapi.overlay > build/openapi-sdk.json
	$(BIN)/python -m openapi.differ

spectral: spec  ## check the contract with Spectral's rules and ours (needs Node.js)
	npx --yes @stoplight/spectral-cli@$(SPECTRAL) lint --fail-severity hint build/openapi.json build/openapi-3.1.json

redocly: spec  ## check the contract with Redocly's rules (needs Node.js)
	npx --yes @redocly/cli@$(REDOCLY) lint --config .redocly.yaml build/openapi.json build/openapi-3.1.json openapi/arazzo.yaml

contract: $(READY)  ## run the contract tests only: the spec against the running server
	$(PYTEST) $(ON_ALL_CORES) contract_tests

collection: $(READY)  ## write every call as a Postman collection and as an .http file into build/
	@mkdir -p build
	$(BIN)/python -m openapi.collection build

sdk: $(READY)  ## make the packages for callers, build/sdk/python and build/sdk/typescript
	@mkdir -p build/sdk
	$(BIN)/python -m openapi.sdk.packages build/sdk
	@$(BIN)/ruff format --quiet --no-cache --line-length 120 build/sdk/python

release: $(READY)  ## keep the contract of this version, for the differ to compare later ones with
	$(BIN)/python -m openapi.release

migrations: $(READY)  ## check that the migrations make the tables that the models describe
	$(PYTEST) -q tests/server/test_migrations.py

gallery: $(READY)  ## draw printed documents in every look into docs/gallery, for people to look at and tests to compare with
	$(BIN)/python -m tests.server.printing.pictures

bench: $(READY)  ## measure speed; takes minutes and wants a quiet machine
	$(BIN)/python -m benches

lock: $(READY)  ## choose new versions for requirements.lock from pyproject.toml
	$(BIN)/python -m pip install --quiet uv==$(UV)
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --upgrade --quiet \
	    --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' \
	    --output-file requirements.lock

clean:  ## remove the virtual environment and all caches; the books under .data stay
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .schemathesis build *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The lock names every package with its hash, so nothing is resolved here (--no-deps) and nothing else is fetched.
$(READY): requirements.lock pyproject.toml
	@set -e; python=; \
	for candidate in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
	    if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$candidate; break; fi; \
	done; \
	if [ -z "$$python" ]; then echo 'FinzBooks needs Python 3.11 or later; none was found. Name one with: make PYTHON=/path/to/python3' >&2; exit 1; fi; \
	if ! "$$python" -c 'import ensurepip, venv' 2>/dev/null; then \
	    package=$$("$$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'); \
	    if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then apt-get update -qq; apt-get install -y -qq "$$package"; \
	    elif command -v sudo >/dev/null && command -v apt-get >/dev/null; then sudo apt-get update -qq; sudo apt-get install -y -qq "$$package"; \
	    else echo "This Python cannot make virtual environments; install the package $$package and start again." >&2; exit 1; fi; \
	fi; \
	if ! $(BIN)/python -c 'import pip' 2>/dev/null; then echo "Making $(VENV) with $$("$$python" --version) ..."; "$$python" -m venv --clear $(VENV); fi; \
	echo 'Installing the locked packages ...'; \
	export PIP_DISABLE_PIP_VERSION_CHECK=1; \
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes -r requirements.lock; \
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .; \
	touch $@
