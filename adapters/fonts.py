"""The fonts of everything on paper: Noto Sans for the scripts of India, Arabic, Hebrew, signs, and emoji.

They lie beside this file, so that a page has the same letters, widths and bytes on every machine; both renderers see
these and none of the machine's own.
"""

import os
from pathlib import Path
from xml.sax.saxutils import escape

FONTS = Path(__file__).parent / "noto"
"""The directory of the font files."""

FAMILIES = (
    "Noto Sans",
    "Noto Sans Devanagari",
    "Noto Sans Bengali",
    "Noto Sans Gurmukhi",
    "Noto Sans Gujarati",
    "Noto Sans Oriya",
    "Noto Sans Tamil",
    "Noto Sans Telugu",
    "Noto Sans Kannada",
    "Noto Sans Malayalam",
    "Noto Sans Arabic",
    "Noto Sans Hebrew",
    "Noto Sans Math",
    "Noto Sans Symbols2",
    "Noto Emoji",
)
"""The families in the order in which they are asked for a letter."""

FONT_FAMILY = ", ".join(f"'{family}'" for family in FAMILIES)
"""The value of ``font-family`` in CSS."""


_UNHINTED = "".join(
    f'<match target="{target}"><edit name="hinting" mode="assign"><bool>false</bool></edit>'
    '<edit name="hintstyle" mode="assign"><const>hintnone</const></edit></match>'
    for target in ("pattern", "font")
)
"""Without it wkhtmltopdf moves every letter to a whole dot: words fall apart, and lines are wider than measured."""


def fontconfig(directory: Path) -> Path:
    """Write into a directory what tells fontconfig of our fonts alone, and return the file (``FONTCONFIG_FILE``).

    What fontconfig has read of the fonts it keeps beside the file: without that each render would read them anew.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = directory / "fonts.conf"
    text = _fontconfig(directory / "cache")
    if not file.is_file() or file.read_text(encoding="utf-8") != text:
        own = file.with_name(f"{file.name}.{os.getpid()}")
        own.write_text(text, encoding="utf-8")
        own.replace(file)
    return file


def _fontconfig(cache: Path) -> str:
    families = "".join(f"<string>{family}</string>" for family in FAMILIES)
    return (
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">\n'
        "<fontconfig>\n"
        f"<reset-dirs/><dir>{escape(str(FONTS))}</dir><cachedir>{escape(str(cache))}</cachedir>\n"
        '<match target="pattern"><edit name="family" mode="append_last" binding="weak">'
        f"{families}</edit></match>\n"
        f"{_UNHINTED}\n"
        "</fontconfig>\n"
    )
