"""Files of several programs, as sheets."""

import pytest

from domain.errors import Failed, Invalid
from domain.imports.sheets import MAX_ROWS, decoded, parsed


@pytest.mark.parametrize(
    "text",
    [
        "name,city\nAsha,Pune\n",
        "name;city\r\nAsha;Pune\r\n",
        "name\tcity\nAsha\tPune",
        "name|city\nAsha|Pune",
        '"name","city"\n"Asha","Pune"\n',
        "\n\nname,city,\nAsha,Pune,\n",
        "sep=;\nname;city\nAsha;Pune\n",
    ],
)
def test_the_separator_is_found_out(text: str) -> None:
    sheet = parsed(text)

    assert sheet.header == ("name", "city")
    assert [row.cells for row in sheet.rows] == [("Asha", "Pune")]


def test_rows_have_the_numbers_that_a_spreadsheet_shows() -> None:
    sheet = parsed('name,note\nAsha,"two\nlines"\n\n,\nRavi,\nMeera\n')

    assert [(row.number, row.cells) for row in sheet.rows] == [
        (2, ("Asha", "two\nlines")),
        (5, ("Ravi", "")),
        (6, ("Meera", "")),
    ]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_read_by_its_mark(encoding: str) -> None:
    """Excel's "Unicode text" is UTF-16 with tabs."""
    text = "name\tcity\r\nनाम\tPune\r\n"
    marked = text.encode(encoding) if encoding == "utf-16" else ("\ufeff" + text).encode(encoding)
    assert [row.cells for row in parsed(decoded(marked)).rows] == [("नाम", "Pune")]
    with pytest.raises(Invalid, match="UTF-16"):
        decoded(marked[:-1])


def test_utf_8_is_read_with_and_without_a_mark() -> None:
    assert decoded("\ufeffनाम".encode()) == decoded("नाम".encode()) == "नाम"


@pytest.mark.parametrize("raw", ["café".encode("latin-1"), "name".encode("utf-16-le"), b"a\x00b"])
def test_another_encoding_is_refused(raw: bytes) -> None:
    with pytest.raises(Invalid, match="CSV UTF-8"):
        decoded(raw)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no header"),
        ("\n ,\n", "no header"),
        ('name\n"Asha', "cannot be read as CSV"),
        ("name\nAsha,Pune", "more cells than the header"),
        ("name\n" + "Asha\n" * (MAX_ROWS + 1), f"{MAX_ROWS} are the most"),
        (",".join(f"c{number}" for number in range(301)), "300 are the most"),
    ],
)
def test_what_is_no_sheet_is_refused(text: str, why: str) -> None:
    with pytest.raises(Failed, match=why):
        parsed(text)
