"""The statuses of each kind of document are the same in the contract and on the kind."""

import pytest

from contract_tests.spec import OPERATIONS, SCHEMAS, inside
from domain.documents.kinds import KINDS, Kind


@pytest.mark.parametrize("kind", KINDS, ids=[kind.name for kind in KINDS])
def test_the_contract_names_the_statuses_of_the_kind(kind: Kind) -> None:
    _, _, listing = OPERATIONS[f"list_{kind.plural}"]
    (wanted,) = [each for each in listing["parameters"] if each.get("name") == "status"]
    shown = inside(SCHEMAS[kind.title.title().replace(" ", "")]["properties"]["status"])

    assert set(inside(wanted["schema"])["enum"]) == set(kind.statuses.all)
    assert set(shown["enum"]) == set(kind.statuses.all)


def test_a_link_may_name_any_kind_with_any_status() -> None:
    linked = {name for kind in KINDS for name in kind.becomes} | {kind.name for kind in KINDS if kind.becomes}
    statuses = {status for kind in KINDS if kind.name in linked for status in kind.statuses.all}

    assert set(SCHEMAS["DocumentStatus"]["enum"]) == statuses
    assert set(SCHEMAS["DocumentType"]["enum"]) == {kind.name for kind in KINDS}
