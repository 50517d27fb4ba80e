"""What tests read on sheets: totals by their labels, tables as people see them."""

from domain.documents.printing.sheet import Cell, Fact, Party, Sheet, Table


def totals(sheet: Sheet) -> dict[str, str]:
    """The sum of a paper, by its labels."""
    return {total.label: total.value for total in sheet.totals}


def facts(said: Sheet | Party) -> dict[str, str]:
    """The facts of a paper or of a party, by their labels."""
    return of(said.facts)


def of(said: tuple[Fact, ...]) -> dict[str, str]:
    """Facts by their labels."""
    return {fact.label: fact.value for fact in said}


def headings(table: Table) -> list[str]:
    """What stands above the columns."""
    return [column.heading for column in table.columns]


def rows(table: Table | None) -> list[list[str]]:
    """The rows of a table with its foot; what stands below in small type follows a stroke."""
    assert table is not None, "the paper has such a table"
    feet = [table.foot] if table.foot else []
    return [[_text(cell) for cell in row] for row in (*table.rows, *feet)]


def _text(cell: Cell) -> str:
    return f"{cell.text}|{cell.small}" if cell.small else cell.text
