"""A release is kept as a file, and what would break its clients is found on any checkout, without tags."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import pytest

from contract_tests.spec import SPEC, Node
from openapi import differ
from openapi.published import published
from openapi.release import AlreadyReleased, keep, last_release

PUBLISHED: Node = published(SPEC)


def version(number: str) -> Node:
    return {"info": {"version": number}, "paths": {}}


def test_the_newest_release_is_the_last_one(tmp_path: Path) -> None:
    assert last_release(tmp_path) is None
    for number in ("1.9.0", "1.10.0", "1.2.3"):
        keep(version(number), tmp_path)

    assert last_release(tmp_path) == version("1.10.0")


def test_a_release_stays_as_it_is(tmp_path: Path) -> None:
    first = keep(version("1.0.0"), tmp_path).read_bytes()
    changed = {**version("1.0.0"), "paths": {"/new": {}}}

    with pytest.raises(AlreadyReleased):
        keep(changed, tmp_path)
    assert last_release(tmp_path) == version("1.0.0")
    keep(changed, tmp_path, replace=True)
    assert last_release(tmp_path) == changed
    assert keep(version("1.0.0"), tmp_path, replace=True).read_bytes() == first


def test_there_is_a_release_and_it_breaks_no_client(capsys: pytest.CaptureFixture[str]) -> None:
    released = last_release()

    assert released is not None
    assert released["info"]["version"] == "1.0.0"
    assert len(released["paths"]) > 150
    assert differ.main([]) == 0, capsys.readouterr().out


BREAKING: dict[str, tuple[Callable[[Node], object], str]] = {
    "an operation is gone": (
        lambda spec: spec["paths"]["/invoices/{invoice_id}/approve"].pop("post"),
        "POST /invoices/{invoice_id}/approve: the operation is gone",
    ),
    "an answered field is gone": (
        lambda spec: spec["components"]["schemas"]["Invoice"]["properties"].pop("balance"),
        "invoice.balance is gone",
    ),
    "a field is now needed": (
        lambda spec: spec["components"]["schemas"]["InvoiceCreate"]["required"].append("notes"),
        "notes is now required",
    ),
}


@pytest.mark.parametrize("name", BREAKING)
def test_what_would_break_a_client_of_the_last_release_fails_the_build(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    change, sentence = BREAKING[name]
    spoilt = deepcopy(SPEC)
    change(spoilt)
    monkeypatch.setattr(differ, "bundle", lambda: spoilt)

    assert differ.main([]) == 1
    assert sentence in capsys.readouterr().out
