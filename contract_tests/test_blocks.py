"""Kinds of documents take blocks from the template, and what they say themselves goes before it."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from openapi.blocks import Blocks, ContractError, Json
from openapi.fragments import ROOT

WORDS = {"singular": "bill", "title": "bill", "party": "vendor"}


def filled(node: Any, blocks: Json) -> Any:
    """The node as a bill's file has it."""
    return Blocks(blocks, WORDS).filled(node)


def test_words_stand_in_keys_values_and_names_of_blocks() -> None:
    blocks = {"vendor_id": {"<party>_id": "<Party> of the <title>."}}

    assert filled({"x-from": "<party>_id"}, blocks) == {"vendor_id": "Vendor of the bill."}


def test_what_is_said_goes_before_what_is_taken_member_by_member() -> None:
    voiding = {"summary": "Void it", "x-refusals": {"not_found": "None.", "invalid_state": "A draft."}, "tags": ["all"]}
    own = {"x-from": "voiding", "x-refusals": {"invalid_state": "It was paid."}, "tags": ["bills"]}

    assert filled(own, {"voiding": voiding}) == {
        "summary": "Void it",
        "x-refusals": {"not_found": "None.", "invalid_state": "It was paid."},
        "tags": ["bills"],
    }


def test_a_reference_takes_nothing_from_the_one_that_it_replaces() -> None:
    blocks = {"shown": {"balance": {"$ref": "#/Amount", "description": "What is open."}}}

    taken = filled({"x-from": "shown", "balance": {"$ref": "#/Money"}}, blocks)

    assert taken == {"balance": {"$ref": "#/Money"}}


def test_of_two_blocks_the_earlier_goes_before_and_keeps_its_whole_member() -> None:
    blocks = {"shown": {"id": 1, "place": {"a": 1}}, "input": {"place": {"b": 2}, "date": 3}}

    taken = filled({"x-from": ["shown", "input"]}, blocks)

    assert list(taken.items()) == [("id", 1), ("place", {"a": 1}), ("date", 3)]


def test_a_block_may_take_from_others() -> None:
    blocks = {"opening": {"summary": "Open", "number": "next"}, "posting": {"x-from": "opening", "summary": "Post"}}

    assert filled({"x-from": "posting"}, blocks) == {"summary": "Post", "number": "next"}


def test_in_a_list_a_block_gives_its_elements() -> None:
    blocks = {"filters": [{"x-from": "status"}, "cursor"], "status": {"name": "status"}}

    assert filled([{"x-from": "filters"}, "more"], blocks) == [{"name": "status"}, "cursor", "more"]


def test_what_one_takes_is_not_changed_for_the_next() -> None:
    blocks = Blocks({"one": {"responses": {"200": {"links": {}}}}}, WORDS)

    blocks.filled({"x-from": "one", "responses": {"200": {"links": {"get": 1}}}})

    assert blocks.filled({"x-from": "one"}) == {"responses": {"200": {"links": {}}}}


@pytest.mark.parametrize("node", [{"x-from": "shipping"}, {"x-from": ["shipping"]}, [{"x-from": "shipping"}]])
def test_a_block_that_is_not_there_is_refused(node: Any) -> None:
    with pytest.raises(ContractError, match="no block shipping"):
        filled(node, {})


def test_a_word_that_the_kind_does_not_say_is_refused() -> None:
    with pytest.raises(ContractError, match="no word <corrected>"):
        filled("Applies to <corrected>.", {})


def test_text_in_angle_brackets_that_is_no_word_stays() -> None:
    assert filled("a < b, <<, <1>", {}) == "a < b, <<, <1>"


@pytest.mark.parametrize("file", sorted(ROOT.rglob("*.yaml")), ids=lambda file: str(file.relative_to(ROOT)))
def test_every_file_of_the_contract_parses_by_itself(file: Path) -> None:
    assert isinstance(yaml.safe_load(file.read_text(encoding="utf-8")), dict | list)


def test_every_shared_block_is_taken_by_a_kind() -> None:
    folder = ROOT / "documents"
    shared = [name for file in (folder / "shared").glob("*.yaml") for name in yaml.safe_load(file.read_text())]
    kinds = [yaml.safe_load(file.read_text()) for file in [*folder.glob("*.yaml"), *(folder / "shared").glob("*.yaml")]]
    words = [kind["words"] for kind in kinds if "words" in kind]
    taken = {name for kind in kinds for name in _taken(kind)}
    named = taken | {name.replace("<side>", each.get("side", "")) for name in taken for each in words}

    assert sorted(set(shared) - named) == []


def _taken(node: Any) -> list[str]:
    if isinstance(node, dict):
        names = node.get("x-from", [])
        return ([names] if isinstance(names, str) else names) + [
            each for value in node.values() for each in _taken(value)
        ]
    return [each for value in node for each in _taken(value)] if isinstance(node, list) else []
