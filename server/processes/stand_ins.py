"""Stand-ins for what Connexion imports and nobody here calls: starts are shorter, and its advice is not seen."""

import sys
from types import ModuleType


def lighten_connexion() -> None:
    """Put stand-ins for what Connexion imports and nobody here calls: clients of HTTP, and Starlette's for tests."""
    for name in ("httpx", "requests", "starlette.testclient"):
        sys.modules[name] = ModuleType(name)
    sys.modules["starlette.testclient"].__dict__["TestClient"] = None


def give_back_httpx() -> None:
    """Let who calls others over HTTP, as the job worker does, import the real client; what has a stand-in keeps it."""
    if not hasattr(sys.modules.get("httpx"), "AsyncClient"):
        sys.modules.pop("httpx", None)
