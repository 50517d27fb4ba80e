"""The endpoints of OAuth under Schemathesis, by their own contract: called by an app that is known, and made up."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from contract_tests.shop import Shop
from server.oauth.service import metadata_pages
from tests.running import Worker
from tests.server.apps import RETURN_TO, an_app

CONTRACT = Path(__file__).parent.parent / "openapi" / "oauth.yaml"
EXAMPLES = os.environ.get("FINZBOOKS_EXAMPLES", "30")

# Fields of a form are all texts, so another type is none that could be told; a valid request names tokens that nobody
# was given, and says what only an app could know.
CONFIG = """
[generation]
deterministic = true
database = "none"

[checks.negative_data_rejection]
enabled = false

[checks.positive_data_acceptance]
expected-statuses = ["200", "303", "400", "401", "429"]

[checks.ignored_auth]
enabled = false  # a public app brings no secret, so none is asked for before it is known who calls
"""


def spec() -> dict[str, Any]:
    """The contract as it is written."""
    read: dict[str, Any] = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))
    return read


@pytest.mark.slow
@pytest.mark.parametrize("is_public", [False, True], ids=["confidential", "public"])
async def test_the_server_keeps_the_contract_of_oauth(
    server: Worker, shop: Shop, tmp_path: Path, *, is_public: bool
) -> None:
    app = await an_app(shop.firm, is_public=is_public)
    own = spec()
    (tmp_path / "schemathesis.toml").write_text(CONFIG, encoding="ascii")
    asked = {each["name"]: each for each in own["paths"]["/oauth/authorize"]["get"]["parameters"]}
    asked["client_id"] |= {"schema": {"type": "string", "enum": [app.client.id]}, "example": app.client.id}
    asked["redirect_uri"] |= {"schema": {"type": "string", "enum": [RETURN_TO]}, "example": RETURN_TO}
    for name in ("TokenRequest", "TokenNamed"):
        properties = own["components"]["schemas"][name]["properties"]
        properties["client_id"] = {"type": "string", "enum": [app.client.id]}
        properties["client_secret"] = {"type": "string", "enum": [app.secret or ""]}
    (tmp_path / "oauth.json").write_text(json.dumps(own), encoding="ascii")

    done = await asyncio.to_thread(_schemathesis, server.url, tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr


def _schemathesis(url: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    program = Path(sys.executable).with_name("schemathesis")
    options = ["--phases", "examples,coverage,fuzzing", "--max-examples", EXAMPLES, "--url", url]
    return subprocess.run(
        [str(program), "--config-file", "schemathesis.toml", "run", "oauth.json", *options],
        cwd=folder, capture_output=True, text=True, timeout=1200, check=False,
    )  # fmt: skip


def test_every_path_of_the_contract_is_answered_and_none_else() -> None:
    """What stands in ``service.py`` and in the contract are the same."""
    told = metadata_pages("https://books.example")
    written = spec()["paths"]

    assert {path for path in written if path.startswith("/.well-known/")} == set(told)


def test_every_field_has_a_description() -> None:
    undescribed = [
        f"{name}.{field}"
        for name, schema in spec()["components"]["schemas"].items()
        for field, rule in schema["properties"].items()
        if not rule.get("description")
    ]
    assert undescribed == []
