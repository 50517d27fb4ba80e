"""Which server is called, and with which token: the environment says it, or else the demo's own file."""

import os
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

TOKEN, URL = "AIBOOKS_TOKEN", "AIBOOKS_URL"
_API = "/api/public/v1"


class NoPlace(Exception):
    """Nothing says where to call, or with which token; says what to do."""


class Place(NamedTuple):
    """A server's API by its address, and a token for it."""

    url: str
    token: str


def place_of(environment: dict[str, str]) -> Place:
    """Return where to call. Raises NoPlace.

    The demo's token goes to the demo's server only.
    """
    demo = _demo(Path(environment.get("FINZBOOKS_DATA_DIRECTORY") or ".data") / "demo.env")
    url = environment.get(URL, "").rstrip("/")
    if url and urlsplit(url).scheme not in ("http", "https"):
        raise NoPlace(f"{URL} is no address: it begins with http:// or https://.")
    if url and urlsplit(url).path == "":
        url += _API
    url = url or demo.get(URL) or f"http://localhost:{environment.get('PORT') or '8000'}{_API}"
    token = environment.get(TOKEN) or (demo.get(TOKEN) if url == demo.get(URL) else None)
    if not token:
        raise NoPlace(
            f"Set {TOKEN} to a token for {url}; `finzbooks token mint --quiet` makes one where the server runs."
        )
    return Place(url, token)


def _demo(file: Path) -> dict[str, str]:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    return dict(line.split("=", 1) for line in lines if "=" in line)


def here() -> Place:
    """Return where to call from here. Raises NoPlace."""
    return place_of(dict(os.environ))
