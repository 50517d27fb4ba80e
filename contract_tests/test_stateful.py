"""Stories along the links of the contract: made, changed, approved, voided, deleted, and gone afterwards.

A run without one real story would be green as well, so the calls that were carried out are counted, each on a thing
that an earlier call of the same story made or found.
"""

import os
from pathlib import Path

import pytest

from contract_tests.fuzzed import run
from contract_tests.plots import ELSEWHERE
from contract_tests.shop import Shop
from contract_tests.spec import OPERATIONS
from contract_tests.test_from_estimate_to_credit import TOLD
from contract_tests.webhook_bodies import assert_all_told_rightly
from tests.running import Worker

_ROOT = Path(__file__).parent.parent

# The least number of times that each operation has to be carried out; 0 where it is left to chance, and told by
# test_from_estimate_to_credit.py in any case.
SALES = {
    "create_contact": 7,
    "get_contact": 10,
    "update_contact": 6,
    "archive_contact": 2,
    "delete_contact": 0,
    "create_item": 16,
    "get_item": 5,
    "update_item": 5,
    "archive_item": 0,
    "delete_item": 1,
    "create_invoice": 15,
    "get_invoice": 15,
    "update_invoice": 5,
    "approve_invoice": 2,
    "email_invoice": 0,
    "void_invoice": 4,
    "write_off_invoice": 1,
    "cancel_invoice_write_off": 0,
    "delete_invoice": 1,
}
PURCHASES = {
    "create_contact": 10,
    "create_bill": 10,
    "get_bill": 5,
    "update_bill": 3,
    "approve_bill": 0,
    "void_bill": 4,
    "write_off_bill": 1,
    "cancel_bill_write_off": 0,
    "delete_bill": 0,
    "create_expense": 5,
    "get_expense": 1,
    "update_expense": 1,
    "delete_expense": 1,
}
CUSTOMS = {
    "create_bill_of_entry": 3,
    "get_bill_of_entry": 2,
    "void_bill_of_entry": 1,
}
PAYMENTS = {
    "create_invoice": 10,
    "approve_invoice": 1,
    "create_payment": 9,
    "get_payment": 5,
    "apply_payment": 1,
    "unapply_payment": 0,
    "email_payment": 0,
    "void_payment": 1,
    "delete_payment": 1,
}
ORDERS = {
    "get_estimate": 5,
    "update_estimate": 1,
    "send_estimate": 0,
    "accept_estimate": 1,
    "decline_estimate": 0,
    "convert_estimate": 0,
    "email_estimate": 0,
    "void_estimate": 1,
    "delete_estimate": 0,
    "get_sales_order": 5,
    "update_sales_order": 1,
    "confirm_sales_order": 0,
    "convert_sales_order": 0,
    "email_sales_order": 0,
    "void_sales_order": 0,
    "delete_sales_order": 0,
    "approve_invoice": 1,
}
PURCHASE_ORDERS = {
    "get_purchase_order": 5,
    "update_purchase_order": 1,
    "issue_purchase_order": 1,
    "convert_purchase_order": 1,
    "email_purchase_order": 0,
    "void_purchase_order": 1,
    "delete_purchase_order": 0,
}
CREDIT_NOTES = {
    "create_invoice": 5,
    "approve_invoice": 2,
    "create_credit_note": 5,
    "get_credit_note": 2,
    "update_credit_note": 1,
    "approve_credit_note": 0,
    "apply_credit_note_to_invoice": 0,
    "unapply_credit_note": 0,
    "email_credit_note": 0,
    "void_credit_note": 1,
    "delete_credit_note": 0,
}
DEBIT_NOTES = {
    "create_bill": 5,
    "approve_bill": 0,
    "create_debit_note": 5,
    "get_debit_note": 2,
    "update_debit_note": 1,
    "approve_debit_note": 0,
    "apply_debit_note_to_bill": 0,
    "unapply_debit_note": 1,
    "email_debit_note": 0,
    "void_debit_note": 1,
    "delete_debit_note": 0,
}
CUSTOMER_DEBIT_NOTES = {
    "create_invoice": 5,
    "approve_invoice": 1,
    "create_customer_debit_note": 5,
    "get_customer_debit_note": 2,
    "update_customer_debit_note": 1,
    "approve_customer_debit_note": 0,
    "write_off_customer_debit_note": 0,
    "cancel_customer_debit_note_write_off": 0,
    "email_customer_debit_note": 0,
    "void_customer_debit_note": 1,
    "delete_customer_debit_note": 0,
}
DELIVERY_CHALLANS = {
    "create_delivery_challan": 5,
    "get_delivery_challan": 5,
    "update_delivery_challan": 1,
    "issue_delivery_challan": 0,
    "convert_delivery_challan": 0,
    "email_delivery_challan": 0,
    "void_delivery_challan": 0,
    "delete_delivery_challan": 0,
}
LEDGER = {
    "create_account": 10,
    "get_account": 20,
    "update_account": 10,
    "archive_account": 10,
    "get_branch": 9,
    "update_branch": 5,
    "get_organization": 5,
    "update_organization": 2,
    "get_tax": 4,
}
LOOKUPS = {
    "create_bank_account": 10,
    "get_bank_account": 5,
    "update_bank_account": 5,
    "create_cost_center": 10,
    "get_cost_center": 5,
    "update_cost_center": 5,
    "create_exchange_rate": 1,
    "get_exchange_rate": 1,
}
ENTRIES = {
    "create_journal": 10,
    "get_journal": 10,
    "reverse_journal": 1,
    "delete_journal": 1,
    "create_itc_adjustment": 3,
    "get_itc_adjustment": 5,
    "delete_itc_adjustment": 1,
}
RECURRING = {
    "create_recurring": 5,
    "get_recurring": 5,
    "list_recurring_runs": 1,
    "update_recurring": 1,
    "run_recurring": 1,
    "delete_recurring": 1,
}
SALESPERSONS = {
    "create_salesperson": 10,
    "get_salesperson": 5,
    "update_salesperson": 2,
    "archive_salesperson": 1,
    "delete_salesperson": 1,
}
NOTES = {
    "create_comment": 10,
    "get_comment": 5,
    "update_comment": 5,
    "delete_comment": 2,
    "upload_attachment": 5,
    "get_attachment": 2,
    "delete_attachment": 2,
    "list_entity_activity": 5,
}
MAILS = {"get_mail": 0}
WEBHOOKS = {
    "create_webhook_endpoint": 5,
    "get_webhook_endpoint": 2,
    "update_webhook_endpoint": 1,
    "rotate_webhook_secret": 1,
    "test_webhook_endpoint": 1,
    "replay_webhook_endpoint": 1,
    "get_webhook_delivery": 0,
    "delete_webhook_endpoint": 1,
}
GST_RETURNS = {
    "get_gst_return": 0,
    "file_gst_return": 0,
    "reopen_gst_return": 0,
    "get_gst_return_differences": 0,
    "get_gst_return_payload": 0,
}
NUMBER = int(os.environ.get("FINZBOOKS_STORIES", "40"))
"""Stories of each set; more are worth their time before a release, and when links have been added."""
TIMES = {"sales": 3, "purchases": 2, "debit_notes": 2}
"""How many times as many a set gets whose stories several kinds of things share."""

STORIES = {
    "sales": SALES,
    "purchases": PURCHASES,
    "customs": CUSTOMS,
    "orders": ORDERS,
    "purchase_orders": PURCHASE_ORDERS,
    "credit_notes": CREDIT_NOTES,
    "debit_notes": DEBIT_NOTES,
    "customer_debit_notes": CUSTOMER_DEBIT_NOTES,
    "delivery_challans": DELIVERY_CHALLANS,
    "ledger": LEDGER,
    "lookups": LOOKUPS,
    "entries": ENTRIES,
    "payments": PAYMENTS,
    "recurring": RECURRING,
    "salespersons": SALESPERSONS,
    "notes": NOTES,
    "mails": MAILS,
    "webhooks": WEBHOOKS,
    "gst_returns": GST_RETURNS,
}


@pytest.mark.slow
@pytest.mark.thorough
@pytest.mark.parametrize(("name", "least"), STORIES.items(), ids=STORIES)
def test_stories_along_the_links_hold(
    server: Worker, shop: Shop, tmp_path: Path, name: str, least: dict[str, int]
) -> None:
    tags = sorted({OPERATIONS[each][2]["tags"][0] for each in least})
    done = run(server.url, shop, tmp_path, phases="stateful", examples=NUMBER * TIMES.get(name, 1), tags=tags)

    assert done.exit_code == 0, done.output
    assert "errored" not in done.output
    told = done.successes("stateful")
    assert {each: told[each] for each in least if told[each] < least[each]} == {}
    assert assert_all_told_rightly(shop.firm.url)


def test_every_operation_on_one_thing_has_its_place_in_the_stories() -> None:
    told = {name for least in STORIES.values() for name in least}
    by_chance = {name for least in STORIES.values() for name, number in least.items() if not number}

    assert by_chance <= TOLD
    on_one = {name: path for name, (_, path, _) in OPERATIONS.items() if "{" in path}
    assert {name for name, path in on_one.items() if path.partition("}/")[2] not in ELSEWHERE} <= told | TOLD
    for end, teller in ELSEWHERE.items():
        assert end.rpartition("/")[2] in (_ROOT / teller).read_text(encoding="utf-8"), (
            f"{teller} tells nothing of {end}"
        )
