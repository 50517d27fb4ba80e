"""The printing of this installation, out of its settings: one for the workers, one for the jobs."""

import hashlib
from functools import cache
from pathlib import Path

from adapters.files import Files
from adapters.pdf import Renderer
from server.postgres.database import Database
from server.printing.markup import html_of
from server.printing.printing import Printing
from server.printing.renders import Renders
from server.settings import Settings

_ROOT = Path(__file__).parents[2]
_LAID_OUT_BY = ("templates/documents", "server/printing", "adapters")
_WORDS = (".py", ".html", ".css", ".svg")


def printing_of(settings: Settings, database: Database, files: Files, press: Renderer) -> Printing:
    """Return what prints documents here, with a renderer that others may use as well."""
    return Printing(
        Renders(
            database=database,
            files=files,
            renderer=press,
            layout=html_of,
            edition=edition(),
            spool=settings.data_directory / "spool",
        )
    )


@cache
def edition() -> str:
    """Return the hash of the code and the templates that lay documents out."""
    told = hashlib.sha256()
    for place in _LAID_OUT_BY:
        for path in sorted(each for each in (_ROOT / place).rglob("*") if each.suffix in _WORDS):
            told.update(path.relative_to(_ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return told.hexdigest()
