"""The house rules that a machine can check: who imports whom, how long things are, and words that stand in one place.

The rules are those of the architecture's table and of the style guide; an exception is a line here, with its reason.
"""

import ast
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGES = ("openapi", "handlers", "domain", "models", "server", "adapters", "benches", "contract_tests", "tests")
OURS = frozenset(PACKAGES)

FILE_LINES = 400
FUNCTION_LINES = 70
HANDLER_LINES = 10

MAY_IMPORT = {
    # The longest path that fits decides. The standard library is allowed everywhere.
    "openapi": {"yaml", "openapi"},
    "handlers": {"domain", "models", "handlers"},
    "handlers/shapes": {"sqlalchemy", "domain", "models", "handlers.shapes"},  # a shape is a selection of columns
    "domain": {"sqlalchemy", "domain", "models"},
    "domain/statements.py": {"sqlalchemy", "msgspec", "domain", "models"},  # rows travel to PostgreSQL as JSON
    "domain/values.py": {"msgspec"},  # lends the domain its structs
    "domain/books.py": {"sqlalchemy", "psycopg", "domain", "models"},  # holds the connection
    "domain/mails/cleaning.py": {"nh3", "domain"},  # what HTML may hold is a rule; a text goes in, a text comes out
    "domain/mails/addresses.py": {"idna", "domain"},  # the same of domains in other letters
    "domain/webhooks/urls.py": {"adapters.outbound_urls", "domain"},  # a rule that the client outbound keeps, too
    "models": {"sqlalchemy", "models"},
    "models/migrations": {"sqlalchemy", "alembic", "procrastinate", "models"},
}

CLOCK_READERS = {
    "server/answering/request.py": "the one place where a request's time is taken",
    "server/jobs/job_queue.py": "when a job begins; all below it takes the time as an argument",
    "server/simulator/portal.py": "the simulated portal is another party with a clock of its own",
    "server/logs.py": "when a line was written is not the books' time",
    "domain/ids.py": "an id carries the instant of its making only to sort well",
}

COMMITTERS = {
    "server/answering/request.py": "the one place where a request's transaction ends",
    "server/postgres/migrations.py": "a migration is its own transaction",
}

OTHER_KINDS = ("domain/documents/kinds.py", "domain/access/", "domain/gst/")
"""Where kinds are made, and where the word means another thing (of a token, of a GSTIN)."""

MIGRATIONS = "models/migrations/versions/"
"""A migration is a list of statements that is read once and never changed."""


@cache
def modules() -> dict[str, ast.Module]:
    """Every Python file of ours by its path from the root, parsed."""
    paths = (path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")))
    return {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8"), path) for path in paths}


def calls(tree: ast.Module) -> Iterator[tuple[ast.Call, str]]:
    """Every call with the dotted name of what is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node, ast.unparse(node.func)


def breaches(find: Callable[[str, ast.Module], Iterator[tuple[int, str]]], *packages: str) -> list[str]:
    """Run a rule over all files of some packages; return ``path:line what`` for each breach."""
    return [
        f"{path}:{line} {what}"
        for path, tree in modules().items()
        if not packages or path.split("/")[0] in packages
        for line, what in find(path, tree)
    ]


def imported(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every imported module by its full name; ``from x import y`` counts as ``x.y``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield node.lineno, f"{'.' * node.level}{node.module or ''}.{alias.name}"


def allowed_for(path: str) -> set[str] | None:
    fitting = [place for place in MAY_IMPORT if path == place or path.startswith(f"{place}/")]
    return MAY_IMPORT[max(fitting, key=len)] if fitting else None


def test_a_layer_imports_only_what_the_architecture_allows() -> None:
    def find(path: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
        allowed = allowed_for(path)
        for line, name in imported(tree):
            if allowed is None or name.split(".")[0] in sys.stdlib_module_names:
                continue
            if not any(name == root or name.startswith(f"{root}.") for root in allowed):
                yield line, f"imports {name}"

    assert breaches(find) == []


def test_imports_are_absolute() -> None:
    def find(path: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
        return ((line, name) for line, name in imported(tree) if name.startswith("."))

    assert breaches(find) == []


def test_adapters_take_plain_values() -> None:
    def find(path: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
        for line, name in imported(tree):
            if name.split(".")[0] in OURS - {"adapters"}:
                yield line, f"imports {name}"

    assert breaches(find, "adapters") == []


def test_values_are_copied_by_what_values_lend() -> None:
    """A struct is no dataclass, though the type checker lets it pass for one (decision 0019)."""

    def find(path: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
        for line, name in imported(tree) if path != "domain/books.py" else ():  # books copy themselves
            if name.startswith("dataclasses.") and name not in ("dataclasses.dataclass", "dataclasses.field"):
                yield line, f"imports {name}"

    assert breaches(find, "domain", "handlers") == []


def test_the_server_reaches_handlers_by_name_only() -> None:
    def find(path: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
        for line, name in imported(tree):
            if name.startswith("handlers") and not name.startswith("handlers.replies"):
                yield line, f"imports {name}"

    assert breaches(find, "server") == []


def test_the_folders_of_the_server_import_one_way() -> None:
    """Each folder of ``server/``, and each file beside them, stands above what it imports: there is no way back."""
    below: dict[str, set[str]] = defaultdict(set)
    for path, tree in modules().items():
        if path.startswith("server/"):
            own = Path(path).parts[1].removesuffix(".py")
            below[own] |= {name.split(".")[1] for _, name in imported(tree) if name.startswith("server.")} - {own}
    TopologicalSorter(below).prepare()  # raises CycleError


def test_nothing_but_tests_imports_tests() -> None:
    def find(path: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
        for line, name in imported(tree):
            if name.split(".")[0] in ("tests", "contract_tests", "benches"):
                yield line, f"imports {name}"

    assert breaches(find, "openapi", "handlers", "domain", "models", "server", "adapters") == []


def test_files_are_short() -> None:
    lengths = {path: len((ROOT / path).read_text(encoding="utf-8").splitlines()) for path in modules()}
    assert {path: length for path, length in lengths.items() if length > FILE_LINES} == {}


def test_functions_are_short() -> None:
    def find(path: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > FUNCTION_LINES and not path.startswith(MIGRATIONS):
                    yield node.lineno, f"{node.name} has {length} lines"

    assert breaches(find) == []


def test_handlers_are_wiring() -> None:
    """An operation's function reads the request, calls the domain and shows the result: ten lines are enough."""

    def find(path: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
        if path.startswith("handlers/shapes/"):
            return
        for node in tree.body:
            if isinstance(node, ast.AsyncFunctionDef) and not node.name.startswith("_"):
                body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
                length = (body[-1].end_lineno or 0) - body[0].lineno + 1
                if length > HANDLER_LINES:
                    yield node.lineno, f"{node.name} has {length} lines of body"

    assert breaches(find, "handlers") == []


def test_names_say_what_a_thing_is() -> None:
    """No drawer for odds and ends, and no module that hides one of the standard library."""
    empty_words = {"utils", "util", "common", "helpers", "core", "misc"}
    names = {part for path in modules() for part in Path(path).with_suffix("").parts[:-1]}
    assert names & empty_words == set()
    own = {path for path in modules() if Path(path).stem in sys.stdlib_module_names | empty_words}
    assert own == set()


def test_money_is_never_a_float() -> None:
    def find(path: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, float):
                yield node.lineno, f"writes {node.value} as a float"
            elif isinstance(node, ast.Name) and node.id == "float":
                yield node.lineno, "names float"

    assert breaches(find, "domain") == []


def test_the_clock_is_read_in_one_place() -> None:
    clocks = ("datetime.now", "datetime.utcnow", "datetime.today", "date.today")

    def find(path: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
        for call, name in calls(tree):
            if path not in CLOCK_READERS and name.endswith(clocks):
                yield call.lineno, f"calls {name}()"
            if not path.startswith("server/") and path not in CLOCK_READERS and name in ("time.time", "time.time_ns"):
                yield call.lineno, f"calls {name}()"

    assert breaches(find, "openapi", "handlers", "domain", "models", "server", "adapters") == []


def test_a_transaction_is_committed_in_one_place() -> None:
    def find(path: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
        for call, name in calls(tree):
            if name.split(".")[-1] == "commit" and path not in COMMITTERS:
                yield call.lineno, f"calls {name}()"

    assert breaches(find, "openapi", "handlers", "domain", "models", "server", "adapters") == []


def test_only_the_edge_catches_everything() -> None:
    def find(path: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
        for node in ast.walk(tree):
            if isinstance(node, ast.ExceptHandler):
                caught = ast.unparse(node.type) if node.type else "BaseException"
                if caught in ("Exception", "BaseException"):
                    yield node.lineno, f"catches {caught}"

    assert breaches(find, "openapi", "handlers", "domain", "models", "adapters") == []


def test_kinds_of_documents_differ_by_data() -> None:
    """Comparing a kind with a certain one is a branch by type. (A column compared with a given kind is a filter.)"""

    def find(path: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
        if path.startswith(OTHER_KINDS):
            return
        for node in ast.walk(tree):
            if isinstance(node, ast.Compare):
                sides = [node.left, *node.comparators]
                if any(is_kind(side) for side in sides) and any(is_certain(side) for side in sides):
                    yield node.lineno, ast.unparse(node)

    assert breaches(find, "handlers", "domain") == []


def is_kind(side: ast.expr) -> bool:
    return ast.unparse(side).split(".")[-1] == "kind" or ast.unparse(side).endswith("kind.name")


def is_certain(side: ast.expr) -> bool:
    """A literal, a constant, or a collection of them."""
    if isinstance(side, ast.Tuple | ast.List | ast.Set):
        return any(is_certain(element) for element in side.elts)
    if isinstance(side, ast.Constant):
        return side.value is not None
    return ast.unparse(side).split(".")[-1].isupper()


def test_every_module_says_what_it_answers_for() -> None:
    assert [path for path, tree in modules().items() if not ast.get_docstring(tree)] == []
