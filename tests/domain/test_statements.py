"""What goes into a statement arrives in PostgreSQL as it was."""

from typing import Any

import pytest

from domain.books import Books
from domain.statements import Statement

TEXTS = Statement("select array_to_json(%(values)s::text[]) as read")
NUMBERS = Statement("select array_to_json(%(values)s::integer[]) as read")


@pytest.mark.parametrize(
    ("statement", "values"),
    [
        pytest.param(TEXTS, [], id="none"),
        pytest.param(TEXTS, ["it_01", "it_02"], id="ids"),
        pytest.param(
            TEXTS, ["", " ", "NULL", "null", "a,b", "{}", '"', '\\"', "\\", "it's", "é\n\t"], id="strange texts"
        ),
        pytest.param(NUMBERS, [1, -2, 0], id="numbers"),
    ],
)
async def test_a_list_arrives_as_an_array(books: Books, statement: Statement, values: list[Any]) -> None:
    assert await books.value(statement, values=values) == values
