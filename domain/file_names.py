"""Names of files that are safe on any system that they are saved on, in any script."""

import re
import unicodedata

from domain.file_types import FileType

LONGEST = 200

_FOLDERS = re.compile(r".*[/\\]", re.DOTALL)
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_JOINERS = "\u200c\u200d"
"""Scripts of India are written with these two, which Unicode counts among the invisible characters of format."""


def clean(name: str, file_type: FileType) -> str:
    """Return a name without folders and invisible characters, of at most 200 characters, with a right ending.

    A name that ends otherwise than the bytes say gets the usual ending of its kind put behind it: a picture that is
    called ``invoice.exe`` becomes ``invoice.exe.png``.
    """
    name = unicodedata.normalize("NFC", _FOLDERS.sub("", name))
    name = "".join(" " if character.isspace() else character for character in name if _is_visible(character))
    name = _FORBIDDEN.sub("_", " ".join(name.split())).strip(" .")
    stem, dot, ending = name.rpartition(".")
    if not dot or not stem or ending.lower() not in file_type.endings:
        stem, ending = name, file_type.endings[0]
    return f"{stem[: LONGEST - 1 - len(ending)].rstrip(' .') or 'file'}.{ending}"


def _is_visible(character: str) -> bool:
    """Whether a character is seen; spaces of all kinds are, and so is what joins the letters of a word."""
    return character in _JOINERS or character.isspace() or not unicodedata.category(character).startswith("C")
