"""The webhooks of the contract: every event that the books can tell is one of theirs, and no other is."""

import ast
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import jsonschema_rs
import pytest

from contract_tests.spec import SPEC, Node, inside
from contract_tests.webhook_bodies import NAMES, SCHEMA_OF, assert_told_rightly, assert_told_so
from domain.documents.kinds import KINDS, Kind
from domain.eway_bills.eway_bill import Action
from domain.mails.mail import MailStatus
from domain.payments.payment import FLOWS
from openapi.bundle import example_of
from openapi.published import published
from tests.test_layers import calls, modules

MASTERS = {
    "ACCOUNT": ("CREATED", "UPDATED", "ARCHIVED"),
    "ATTACHMENT": ("DELETED",),
    "BRANCH": ("CREATED", "UPDATED"),
    "COMMENT": ("CREATED", "UPDATED", "DELETED"),
    "CONTACT": ("CREATED", "UPDATED", "ARCHIVED", "DELETED"),
    "COST_CENTER": ("CREATED", "UPDATED"),
    "ITEM": ("CREATED", "UPDATED", "ARCHIVED", "DELETED"),
    "RECURRING": ("DELETED",),
    "SALESPERSON": ("CREATED", "UPDATED", "ARCHIVED", "DELETED"),
    "WEBHOOK_ENDPOINT": ("CREATED", "UPDATED", "SECRET_ROTATED", "DELETED"),
}
"""What the operations on each register tell of it."""

EWAY_BILL = (
    "REQUESTED",
    *("GENERATED", "VEHICLE_UPDATED", "EXTENDED", "CANCELLED", "CLOSED"),
    *(f"{action}_REFUSED" for action in Action),
    *(f"{action}_REQUESTED" for action in Action if action is not Action.GENERATE),
)
EINVOICE = ("REQUESTED", "REGISTERED", "FAILED", "CANCEL_REQUESTED", "CANCELLED", "CANCEL_FAILED")
IMPORTED = ("CONTACT", "ITEM", "INVOICE", "CUSTOMER_DEBIT_NOTE", "OPENING_BALANCES")
BATCHES = ("INVOICE", "BILL")


def named(entity: str, *verbs: str) -> frozenset[str]:
    return frozenset(f"{entity}_{verb}" for verb in verbs)


def each_kind(*fitting: Kind) -> Iterator[str]:
    """What happens to documents by the steps of their life."""
    for kind in fitting:
        statuses = kind.statuses
        yield from named(kind.name, "CREATED", "UPDATED", "VOIDED", "DELETED", statuses.verb, *statuses.answers)
        if kind.becomes:
            yield f"{kind.name}_CONVERTED"
        if kind.settles:
            yield from named(kind.name, "APPLIED", "UNAPPLIED")
        if kind.written_off_to:
            yield from named(kind.name, "WRITTEN_OFF", "WRITE_OFF_CANCELLED")


def settled() -> Iterator[str]:
    """What settling tells: the status that follows, or that it changed."""
    for kind in KINDS:
        if kind.written_off_to:
            followed = [kind.statuses.in_part, kind.statuses.in_full, kind.statuses.credited, "UPDATED"]
            yield from named(kind.name, *(each for each in followed if each))


MAILED = [*(kind.name for kind in KINDS if kind.is_mailed), "PAYMENT"]
DOCUMENTS = frozenset(each_kind(*KINDS))

SITES: dict[tuple[str, str], frozenset[str]] = {
    ("domain/documents/telling.py", "f'{kind.name}_{verb}'"): DOCUMENTS
    | {f"{kind.name}_EINVOICE_{verb}" for kind in KINDS if kind.einvoice_type for verb in EINVOICE},
    ("domain/settlements.py", "action"): frozenset(settled()),
    ("domain/documents/lapses.py", "f'{lapsed.kind}_{late}'"): frozenset(
        f"{kind.name}_{kind.statuses.late}" for kind in KINDS if kind.statuses.late
    ),
    ("domain/documents/bulk.py", "f'{kind.name}_BULK_CREATED'"): frozenset(f"{each}_BULK_CREATED" for each in BATCHES),
    ("domain/documents/dependents.py", "'BILL_OF_ENTRY_UPDATED'"): named("BILL_OF_ENTRY", "UPDATED"),
    ("domain/bills_of_entry/life.py", "f'BILL_OF_ENTRY_{verb}'"): named("BILL_OF_ENTRY", "CREATED", "VOIDED"),
    ("domain/eway_bills/eway_bill.py", "f'{kind.name}_EWAY_BILL_{verb}'"): frozenset(
        f"{kind.name}_EWAY_BILL_{verb}" for kind in KINDS if kind.movement for verb in EWAY_BILL
    ),
    ("domain/mails/mail.py", "action"): frozenset(
        (
            *(f"{of}_EMAIL_{verb}" for of in MAILED for verb in ("QUEUED", MailStatus.BOUNCED, MailStatus.FAILED)),
            *(f"{kind.name}_{kind.mailed_verb}" for kind in KINDS if kind.is_mailed),
            *(f"{kind.name}_EMAIL_CANCELLED" for kind in KINDS if kind.is_reminded),
            "PAYMENT_SENT",
        )
    ),
    ("domain/payments/meeting.py", "f'PAYMENT_{verb}'"): named(
        "PAYMENT", *(flow.verb for flow in FLOWS.values()), "UPDATED", "APPLIED", "UNAPPLIED", "VOIDED", "DELETED"
    ),
    ("domain/expenses/life.py", "f'EXPENSE_{verb}'"): named("EXPENSE", "CREATED", "UPDATED", "DELETED"),
    ("domain/itc_adjustments.py", "f'ITC_ADJUSTMENT_{verb}'"): named("ITC_ADJUSTMENT", "CREATED", "DELETED"),
    ("domain/ledger/manual_journals.py", "'JOURNAL_CREATED'"): named("JOURNAL", "CREATED"),
    ("domain/ledger/manual_journals.py", "f'JOURNAL_{verb}'"): named("JOURNAL", "DELETED", "REVERSED"),
    ("domain/ledger/opening_balances.py", "'OPENING_BALANCES_UPDATED'"): named("OPENING_BALANCES", "UPDATED"),
    ("domain/ledger/bank_accounts.py", "'ACCOUNT_UPDATED'"): named("ACCOUNT", "UPDATED"),
    ("domain/gst/returns/filing_life.py", "f'GST_RETURN_{verb}'"): named("GST_RETURN", "CREATED", "FILED", "REOPENED"),
    ("domain/gst/returns/opening_balances.py", "'GST_OPENING_BALANCES_UPDATED'"): named(
        "GST_OPENING_BALANCES", "UPDATED"
    ),
    ("domain/recurring/runs.py", "action"): named("RECURRING", "CREATED", "UPDATED", "RUN", "RUN_FAILED", "PAUSED"),
    ("domain/registers.py", "f'{register.entity_type}_{register.in_trail.get(verb, verb)}'"): frozenset(
        name for entity, verbs in MASTERS.items() for name in named(entity, *verbs)
    ),
    ("domain/attachments.py", "'ATTACHMENT_ADDED'"): named("ATTACHMENT", "ADDED"),
    ("domain/currencies.py", "'EXCHANGE_RATE_CREATED'"): named("EXCHANGE_RATE", "CREATED"),
    ("domain/organization.py", "f'ORGANIZATION_{verb}'"): named("ORGANIZATION", "CREATED", "UPDATED", "RESET"),
    ("domain/sandboxes/clock.py", "'ORGANIZATION_CLOCK_SET'"): named("ORGANIZATION", "CLOCK_SET"),
    ("domain/access/members.py", "f'MEMBER_{verb}'"): named("MEMBER", "GRANTED", "SUSPENDED", "REMOVED"),
    ("domain/access/oauth/grants.py", "'OAUTH_GRANT_CREATED'"): named("OAUTH_GRANT", "CREATED"),
    ("domain/access/oauth/grants.py", "'OAUTH_GRANT_REVOKED'"): named("OAUTH_GRANT", "REVOKED"),
    ("domain/access/tokens.py", "'TOKEN_CREATED'"): named("TOKEN", "CREATED"),
    ("domain/access/tokens.py", "'TOKEN_REVOKED'"): named("TOKEN", "REVOKED"),
    ("domain/einvoice/credentials.py", "f'{_ENTITY}_{verb}'"): named("EINVOICE_CREDENTIALS", "CREATED", "UPDATED"),
    ("domain/imports/running.py", "action"): frozenset(f"{each}_IMPORTED" for each in IMPORTED),
    ("domain/webhooks/deliveries.py", "f'{ENDPOINTS.entity_type}_{verb}'"): named(
        "WEBHOOK_ENDPOINT", "TESTED", "REPLAYED"
    ),
    ("domain/webhooks/switching_off.py", "f'{ENDPOINTS.entity_type}_DISABLED'"): named("WEBHOOK_ENDPOINT", "DISABLED"),
    ("domain/webhooks/deliveries.py", "'WEBHOOK_DELIVERY_REDELIVERED'"): named("WEBHOOK_DELIVERY", "REDELIVERED"),
}
"""Where in the source something is noted as having happened: the file, the words for its name, what they can be."""

IN_TRAIL_ONLY = {"COMMENT_ADDED"}
"""Names that the audit trail has for what is told under another one."""


def noted() -> Iterator[tuple[str, str]]:
    """Every place in the source that notes what happened: the file, and the words for its name."""
    for path, tree in modules().items():
        if path.split("/")[0] in ("domain", "handlers", "server"):
            for call, name in calls(tree):
                if name.rpartition(".")[2] == "Happening":
                    said = {each.arg: each.value for each in call.keywords}
                    yield path, ast.unparse(said["action"] if "action" in said else call.args[0])


def takers() -> dict[tuple[str, str], int]:
    """Every function of the domain that is told a verb, by file and name, and as which argument."""
    found: dict[tuple[str, str], int] = {}
    for path, tree in modules().items():
        for node in ast.walk(tree) if path.startswith("domain/") else ():
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                names = [each.arg for each in node.args.args]
                found |= {(path, node.name): names.index("verb")} if "verb" in names else {}
    return found


def spoken_verbs() -> Iterator[tuple[str, str]]:
    """Every verb that is written out where a function of the same file, or one for all, is told it."""
    known = takers()
    shared = {name: place for (_, name), place in known.items() if not name.startswith("_")}
    for path, tree in modules().items():
        for call, dotted in calls(tree) if path.startswith("domain/") else ():
            name = dotted.rpartition(".")[2]
            place = known.get((path, name), shared.get(name, len(call.args)))
            said = [*call.args[place : place + 1], *(each.value for each in call.keywords if each.arg == "verb")]
            yield from ((path, str(each.value)) for each in said if isinstance(each, ast.Constant))


def test_every_place_that_notes_what_happened_is_known_here() -> None:
    """Who adds one says which events come of it, and puts them into the contract (``openapi/webhooks.yaml``)."""
    assert set(noted()) == set(SITES)


def test_the_contract_names_what_the_books_tell_and_nothing_else() -> None:
    told = frozenset[str]().union(*SITES.values()) - IN_TRAIL_ONLY

    assert NAMES - told == {"ENDPOINT_TEST"}
    assert told - NAMES == set()


def test_every_verb_in_the_source_is_told_by_some_name() -> None:
    """A verb that is new in a call would not be seen in the places alone."""
    spoken = list(spoken_verbs())

    assert len({verb for _, verb in spoken}) > 25
    assert [each for each in spoken if not any(name.endswith(f"_{each[1]}") for name in NAMES)] == []


def test_every_event_of_the_published_contract_is_there() -> None:
    """As callers were promised them, whatever else is told."""
    for entity, verbs in {
        "INVOICE": ("CREATED", "UPDATED", "APPROVED", "SENT", "VOIDED", "DELETED", "PAID", "PARTIALLY_PAID", "OVERDUE"),
        "BILL": ("CREATED", "UPDATED", "APPROVED", "VOIDED", "DELETED", "PAID", "PARTIALLY_PAID", "OVERDUE"),
        "PAYMENT": ("RECEIVED", "MADE"),
        "CONTACT": ("CREATED", "UPDATED", "ARCHIVED", "DELETED"),
        "ITEM": ("CREATED", "UPDATED", "ARCHIVED", "DELETED"),
        "ESTIMATE": ("CREATED", "UPDATED", "ACCEPTED", "CONVERTED", "EXPIRED"),
    }.items():
        assert named(entity, *verbs) <= NAMES
    assert {"COMMENT_CREATED", "ATTACHMENT_ADDED", "INVOICE_BULK_CREATED", "BILL_BULK_CREATED"} <= NAMES
    assert {"RECURRING_RUN_FAILED", "ENDPOINT_TEST"} <= NAMES


@pytest.mark.parametrize("name", sorted(SCHEMA_OF))
def test_the_example_of_every_webhook_keeps_its_schema(name: str) -> None:
    assert_told_so({**example_of(SPEC, SCHEMA_OF[name]), "event_type": name})


INVOICE = {
    "id": "inv_1",
    "number": None,
    "status": "SENT",
    "total": 11800.00,
    "contact_id": "ct_1",
    "date": "2026-10-31",
}


@pytest.mark.parametrize(
    "spoilt",
    [
        {"id": None},
        {"total": "11800.00"},
        {"date": "31.10.2026"},
        {"status": 7},
        {"secret": "whsec_1"},
        {"recipients": "accounts@sharma.example"},
    ],
    ids=str,
)
def test_what_is_told_otherwise_is_found(spoilt: dict[str, Any]) -> None:
    """The schemas are closed in the bundle, so that whatever the books add must be said there."""
    at = "2026-10-31T06:30:00.000001Z"
    assert_told_rightly("INVOICE_APPROVED", INVOICE, at)

    with pytest.raises(jsonschema_rs.ValidationError):
        assert_told_rightly("INVOICE_APPROVED", {**INVOICE, **spoilt}, at)
    with pytest.raises(jsonschema_rs.ValidationError):
        assert_told_rightly("CONTACT_CREATED", INVOICE, at)
    with pytest.raises(AssertionError):
        assert_told_rightly("INVOICE_PONDERED", INVOICE, at)


def test_callers_may_be_told_more_one_day_and_subscribe_only_to_what_there_is() -> None:
    public = published(deepcopy(SPEC))
    schemas: Node = public["components"]["schemas"]
    body = schemas["InvoiceEvent"]

    assert "additionalProperties" not in body
    assert "enum" not in body["properties"]["event_type"]
    assert "INVOICE_APPROVED" in body["properties"]["event_type"]["x-extensible-enum"]
    asked = schemas["WebhookEndpointCreate"]["properties"]["events"]["items"]
    assert "*" in inside_of(schemas, asked)["enum"]


def inside_of(schemas: Node, node: Node) -> Node:
    """What a reference of the published contract leads to."""
    schema: Node = schemas[node["$ref"].rpartition("/")[2]]
    return schema


def test_every_webhook_names_the_headers_that_it_comes_with() -> None:
    names = {
        *("X-AIBooks-Event", "X-AIBooks-Delivery", "X-AIBooks-Timestamp", "X-AIBooks-Signature"),
        *("webhook-id", "webhook-timestamp", "webhook-signature"),
    }
    for webhook in published(SPEC)["x-webhooks"].values():
        told = [inside_of(SPEC["components"]["parameters"], each) for each in webhook["post"]["parameters"]]
        assert {each["name"] for each in told} == names
        assert all(inside(each["schema"])["description"] for each in told)
