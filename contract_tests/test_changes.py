"""The changelog: what is new from release to release, and what breaks."""

from copy import deepcopy
from typing import Any

from contract_tests.spec import SPEC
from openapi.changes import changelog, news
from openapi.published import published
from openapi.release import last_release, releases

NOW: dict[str, Any] = published(SPEC)


def grown() -> dict[str, Any]:
    """The contract as it may be one day."""
    later = deepcopy(NOW)
    later["info"]["version"] = "9.0.0"
    later["paths"]["/teas"] = {
        "get": {**later["paths"]["/invoices"]["get"], "operationId": "list_teas", "summary": "List teas"}
    }
    later["paths"]["/contacts"]["get"]["parameters"].append(
        {"name": "taste", "in": "query", "schema": {"type": "string"}}
    )
    schemas = later["components"]["schemas"]
    schemas["Contact"]["properties"]["taste"] = {"type": "string"}
    schemas["InvoiceStatus"]["x-extensible-enum"].append("FRAMED")
    later["x-webhooks"]["tea_events"] = later["x-webhooks"]["item_events"]
    return later


def test_what_is_new_is_told_and_nothing_else() -> None:
    assert news(NOW, NOW) == []
    assert news(NOW, grown()) == [
        "New: `GET /teas` (`list_teas`), List teas",
        "`list_contacts` takes `taste`",
        "Webhooks tell of `tea_events`",
        "`Contact` has `taste`",
        "`InvoiceStatus` may be `FRAMED`",
    ]


def test_releases_follow_each_other_the_newest_first() -> None:
    told = changelog(grown(), [NOW])

    assert [line for line in told.splitlines() if line.startswith("## ")] == [
        "## 9.0.0",
        f"## {NOW['info']['version']}",
    ]
    assert "- `Contact` has `taste`." in told
    assert f"The first: {sum(map(len, NOW['paths'].values()))} operations" in told
    assert changelog(NOW, [NOW]).count("## ") == 1


def test_what_breaks_is_said_and_what_is_not_released_too() -> None:
    fewer = deepcopy(NOW)
    del fewer["paths"]["/items"]["get"]

    told = changelog(fewer, [NOW])
    assert f"## After {NOW['info']['version']}, not released" in told
    assert "- Breaks: GET /items: the operation is gone." in told


def test_the_contract_of_today_has_a_changelog() -> None:
    kept = releases()

    assert kept[-1] == last_release()
    assert changelog(NOW).endswith(
        f"## {kept[0]['info']['version']}\n\n" + changelog(kept[0], kept[:1]).split("\n\n", 2)[2]
    )
