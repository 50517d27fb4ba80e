"""The fragments are read without the traps of YAML, and nothing can be defined twice."""

from pathlib import Path

import pytest

from openapi.fragments import ContractError, Json, fragments

FRAME = "openapi: 3.0.3\ninfo: {title: Books, version: '1'}\n"


def read(folder: Path, *, components: str = "components: {}", paths: str = "paths: {}", frame: str = FRAME) -> Json:
    """Read a contract of one or two files."""
    for kind, text in (("components", components), ("paths", paths)):
        (folder / kind).mkdir(exist_ok=True)
        (folder / kind / "contacts.yaml").write_text(text)
    (folder / "openapi.yaml").write_text(frame)
    return fragments(folder)


def test_a_key_that_is_written_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="title written twice"):
        read(tmp_path, frame="info: {title: Books, title: Ledgers}")


def test_a_component_that_two_files_define_is_refused(tmp_path: Path) -> None:
    schema = "components: {schemas: {Contact: {type: object}}}"
    (tmp_path / "components").mkdir()
    (tmp_path / "components" / "items.yaml").write_text(schema)

    with pytest.raises(ContractError, match=r"items\.yaml defines again: Contact"):
        read(tmp_path, components=schema)


def test_a_path_that_two_files_define_is_refused(tmp_path: Path) -> None:
    path = "paths: {/contacts: {get: {operationId: list_contacts}}}"
    (tmp_path / "paths").mkdir()
    (tmp_path / "paths" / "items.yaml").write_text(path)

    with pytest.raises(ContractError, match=r"items\.yaml defines again: /contacts"):
        read(tmp_path, paths=path)


def test_an_operation_is_bound_to_the_handlers_of_its_file(tmp_path: Path) -> None:
    spec = read(tmp_path, paths="paths: {/contacts: {get: {operationId: list_contacts}}}")

    assert spec["paths"]["/contacts"]["get"]["x-openapi-router-controller"] == "handlers.contacts"


def test_words_and_dates_stay_text(tmp_path: Path) -> None:
    spec = read(tmp_path, frame="x-values: [No, on, y, 2026-11-21, null, true]")

    assert spec["x-values"] == ["No", "on", "y", "2026-11-21", None, True]


def test_merged_members_keep_their_place_and_yield_to_written_ones(tmp_path: Path) -> None:
    frame = """
x-name: &name {name: Sharma, city: Pune}
x-time: &time {version: 1, city: Goa}
x-contact: {id: ct_1, <<: [*name, *time], name: Rao, status: ACTIVE}
"""
    contact = read(tmp_path, frame=frame)["x-contact"]

    assert list(contact.items()) == [
        ("id", "ct_1"),
        ("city", "Pune"),
        ("version", 1),
        ("name", "Rao"),
        ("status", "ACTIVE"),
    ]
