"""What stands in the tables of an older version is carried over by the migrations, not lost and not left behind."""

import psycopg
from psycopg.rows import DictRow, dict_row

from server.postgres import migrations
from server.settings import DatabaseUrl
from tests.conftest import OldDatabase

ORGANIZATION = """
insert into organizations (id, name, gst_no, pan_no, registration_type, state_code, fiscal_year_start_month,
                           currency_code, time_zone, is_round_off_enabled, default_template, is_sandbox, version,
                           created_at, modified_at)
values ('org_1', 'Sahyadri', '27AAPFU0939F1ZV', 'AAPFU0939F', 'REGULAR', 'IN-MH', 4, 'INR', 'Asia/Kolkata', true,
        'classic', false, 1, now(), now())
"""
CONTACT = """
insert into contacts (organization_id, id, contact_name, contact_type, gst_treatment, gst_no, gst_no_status, pan_no,
                      currency_code, payment_terms, contact_persons, custom_fields, status, version, created_at,
                      modified_at)
values ('org_1', 'ct_1', 'Ardeshir', 'CUSTOMER', 'REGULAR', '27AAPFU0939F1ZV', 'VALID', 'AAPFU0939F', 'INR', 0, '[]',
        '{}', 'ARCHIVED', 1, now(), now())
"""
HAPPENINGS = """
insert into activity (organization_id, id, action, entity_type, entity_id, changes, metadata, occurred_at)
values ('org_1', 'evt_1', 'CONTACT_UPDATED', 'CONTACT', 'ct_1',
        '{"pan_no": {"old": null, "new": "AAPFU0939F"}, "gst_treatment": {"old": "UNREGISTERED", "new": "REGULAR"},
          "status": {"old": "ACTIVE", "new": "ARCHIVED"}}', '{}', now())
"""
SCHEDULE = """
insert into recurring_schedules (organization_id, id, name, entity_type, frequency, every, start_on, is_active,
                                 auto_approve, template, run_count, failure_count, run_by, created_by, version,
                                 created_at, modified_at)
values ('org_1', 'rec_1', 'Rent', 'INVOICE', 'MONTHLY', 1, '2026-04-01', false, false,
        '{"customer_id": "ct_1", "gst_treatment": "REGULAR"}', 0, 0, 'usr_1', 'usr_1', 1, now(), now())
"""

ACCOUNTS = """
insert into accounts (organization_id, id, code, name, account_type, role, currency_code, is_active, is_system,
                      is_primary_bank, version, created_at, modified_at)
select 'org_1', 'acc_' || code, code, name, type, role, 'INR', true, role is not null, false, 1, now(), now()
  from (values ('1310', 'Stock in hand', 'OTHER_CURRENT_ASSET', 'inventory'),
               ('1340', 'Prepaid expenses', 'OTHER_CURRENT_ASSET', null),
               ('1360', 'TCS receivable', 'OTHER_CURRENT_ASSET', null),
               ('1410', 'Input CGST', 'INPUT_TAX', 'input_cgst'),
               ('2210', 'Output CGST', 'OUTPUT_TAX', 'output_cgst'),
               ('2120', 'TDS payable', 'OTHER_CURRENT_LIABILITY', 'tds_payable'),
               ('3100', 'Retained earnings', 'EQUITY', 'retained_earnings'),
               ('4010', 'Sales', 'INCOME', 'sales'),
               ('4040', 'Service income', 'INCOME', null)) as seed (code, name, type, role)
"""

BRANCH = """
insert into branches (organization_id, id, branch_name, is_primary, state_code, is_einvoicing_enabled, prefixes,
                      is_active, version, created_at, modified_at)
values ('org_1', 'br_1', 'Mumbai', true, 'IN-MH', false, '{}', true, 1, now(), now())
"""
MORE_BRANCHES = """
insert into branches (organization_id, id, branch_name, is_primary, state_code, is_einvoicing_enabled, prefixes,
                      is_active, version, created_at, modified_at)
select 'org_1', id, name, false, 'IN-MH', false, '{}', true, 1, now(), now()
  from (values ('br_2', 'Mumbra'), ('br_3', 'Pune Camp'), ('br_4', 'पुणे')) as branch (id, name)
"""
PAPERS = """
insert into documents (organization_id, id, kind, status, branch_id, contact_id, contact_name, financial_year, dated_on,
                       place_of_supply, supply_type, gst_treatment, currency_code, exchange_rate, is_inclusive_tax,
                       is_reverse_charge, is_export_with_payment, is_opening_balance, sub_total, discount_total,
                       taxable_total, cgst_total, sgst_total, igst_total, cess_total, tax_total, untaxed_charges,
                       round_off, total, amount_paid, amount_credited, balance, taxes, custom_fields, created_by,
                       version, created_at, modified_at, parent_id, reason, is_restocked)
select 'org_1', id, kind, 'DRAFT', 'br_1', 'ct_1', 'Ardeshir', '2026-27', '2026-11-01', 'IN-MH', 'INTRA_STATE',
       'CONSUMER', 'INR', 1, false, false, false, false, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '[]', '{}', 'usr_1',
       1, now(), now(), parent_id, reason, is_restocked
  from (values ('inv_1', 'INVOICE', null, null, false),
               ('cn_1', 'CREDIT_NOTE', 'inv_1', 'SALES_RETURN', true),
               ('dn_1', 'DEBIT_NOTE', null, 'SALES_RETURN', false))
    as paper(id, kind, parent_id, reason, is_restocked)
"""
LINES = """
insert into document_lines (organization_id, document_id, id, position, account_id, name, quantity, rate, tax_category,
                            tax_percentage, cess_percentage, item_total, taxable_amount, cgst_amount, sgst_amount,
                            igst_amount, cess_amount)
select 'org_1', document_id, id, 1, 'acc_4010', name, quantity, rate, 'TAXABLE', 18, 0, 0, 0, 0, 0, 0, 0
  from (values ('inv_1', 'li_chairs', 'Chair', 10, 500),
               ('inv_1', 'li_desks', 'Desk', 2, 900),
               ('cn_1', 'li_back', 'Chair', 2, 500),
               ('cn_1', 'li_cheaper', 'Desk', 1, 100),
               ('dn_1', 'li_sent', 'Chair', 1, 400))
    as line(document_id, id, name, quantity, rate)
"""
# The same number in three writings, one of them void, and none at all.
BILLS = """
insert into documents (organization_id, id, kind, status, branch_id, contact_id, contact_name, financial_year, dated_on,
                       reference_number, place_of_supply, supply_type, gst_treatment, currency_code, exchange_rate,
                       is_inclusive_tax, is_reverse_charge, is_export_with_payment, is_opening_balance, sub_total,
                       discount_total, taxable_total, cgst_total, sgst_total, igst_total, cess_total, tax_total,
                       untaxed_charges, round_off, total, amount_paid, amount_credited, balance, taxes, tags,
                       custom_fields, voided_at, created_by, version, created_at, modified_at)
select 'org_1', id, 'BILL', case when is_void then 'CANCELLED' else 'DRAFT' end, 'br_1', 'ct_1', 'Ardeshir', '2026-27',
       '2026-06-05', number, 'IN-MH', 'INTRA_STATE', 'REGULAR', 'INR', 1, false, false, false, false, total, 0, total,
       0, 0, 0, 0, 0, 0, 0, total, 0, 0, 0, '[]', '{}', '{}', case when is_void then now() end, 'usr_1', 1, now(), now()
  from (values ('bill_0', 'INV-7', 10, true), ('bill_1', 'INV-7', 10, false), ('bill_2', 'inv-7', 20, false),
               ('bill_3', 'INV-7 ', 30, false), ('bill_4', null, 40, false))
    as entered (id, number, total, is_void)
"""


def written(url: DatabaseUrl, *statements: str) -> None:
    with psycopg.connect(url) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def row(url: DatabaseUrl, statement: str) -> DictRow:
    with psycopg.connect(url, row_factory=dict_row) as connection:
        found = connection.execute(statement.encode()).fetchone()
    assert found is not None
    return found


def test_published_names_are_those_of_old_rows_too(old_database: OldDatabase) -> None:
    url = old_database("0018")
    written(url, ORGANIZATION, CONTACT, HAPPENINGS, SCHEDULE)

    migrations.upgrade(url)

    contact = row(url, "select gst_treatment, pan, status from contacts")
    assert contact == {"gst_treatment": "REGISTERED", "pan": "AAPFU0939F", "status": "INACTIVE"}
    firm = row(url, "select registration_type, pan from organizations")
    assert firm == {"registration_type": "REGULAR", "pan": "AAPFU0939F"}
    assert row(url, "select changes from activity")["changes"] == {
        "pan": {"old": None, "new": "AAPFU0939F"},
        "gst_treatment": {"old": "UNREGISTERED", "new": "REGISTERED"},
        "status": {"old": "ACTIVE", "new": "INACTIVE"},
    }
    assert row(url, "select template from recurring_schedules")["template"]["gst_treatment"] == "REGISTERED"


def test_the_trail_cannot_be_changed_after_a_migration_has_reworded_it(old_database: OldDatabase) -> None:
    url = old_database("0018")
    written(url, ORGANIZATION, HAPPENINGS)

    migrations.upgrade(url)

    found = row(
        url, "select tgenabled from pg_trigger where tgname = 'never_changed' and tgrelid = 'activity'::regclass"
    )
    assert found["tgenabled"] == "O"
    unguarded = row(
        url,
        "select array_agg(relname order by relname) as tables from pg_class "
        "where relrowsecurity and not relforcerowsecurity",
    )
    assert unguarded["tables"] == ["memberships", "oauth_grants", "tokens", "users"], (
        "who is calling is found out by the owner"
    )


def test_accounts_get_the_type_that_is_published_for_what_they_hold(old_database: OldDatabase) -> None:
    url = old_database("0018")
    written(url, ORGANIZATION, ACCOUNTS)

    migrations.upgrade(url)

    types = row(url, "select json_object_agg(name, account_type) as of_names from accounts")["of_names"]
    assert types == {
        "Stock in hand": "STOCK",
        "Prepaid expenses": "OTHER_CURRENT_ASSET",
        "TCS receivable": "TDS_ASSET",
        "Input CGST": "GST_ASSET",
        "Output CGST": "GST_LIABILITY",
        "TDS payable": "TDS_LIABILITY",
        "Retained earnings": "RETAINED_EARNINGS",
        "Sales": "SALES",
        "Service income": "INCOME",
    }


SEEDED = """
insert into accounts (organization_id, id, code, name, account_type, role, currency_code, is_active, is_system,
                      is_primary_bank, version, created_at, modified_at)
select 'org_' || firm, 'acc_' || code, code, name, type, role, 'INR', true, role is not null, false, 1, now(), now()
  from generate_series(1, 2) as firm,
       (values ('1320', 'Paid ahead', 'OTHER_CURRENT_ASSET', 'vendor_advances'),
               ('1620', 'Investments', 'OTHER_CURRENT_ASSET', null),
               ('5210', 'Office rent', 'EXPENSE', null),
               ('5220', 'Salaries and wages', 'EXPENSE', null),
               ('5230', 'Rent of godowns', 'EXPENSE', null),
               ('5940', 'Income tax', 'OTHER_EXPENSE', null)) as seed (code, name, type, role)
"""


def test_seeded_accounts_get_their_head_of_schedule_iii_but_not_what_was_made_of_them(
    old_database: OldDatabase,
) -> None:
    url = old_database("0049")
    written(url, UNLINKED + "; " + SEEDED)

    migrations.upgrade(url)

    of_names = "select json_object_agg(name, schedule_iii_head) as by_name from accounts where organization_id = '{}'"
    for firm in ("org_1", "org_2"):
        assert row(url, of_names.format(firm))["by_name"] == {
            "Paid ahead": "SHORT_TERM_LOANS_AND_ADVANCES",
            "Investments": None,
            "Office rent": None,
            "Salaries and wages": "EMPLOYEE_BENEFITS_EXPENSE",
            "Rent of godowns": None,
            "Income tax": "CURRENT_TAX",
        }


UNLINKED = "set session_replication_role = replica"
"""Rows stand for themselves: what they refer to is left out."""
TILL = """
insert into accounts (organization_id, id, code, name, account_type, currency_code, is_active, is_system,
                      is_primary_bank, version, created_at, modified_at)
values ('org_1', 'acc_1', '1000', 'Till', 'CASH', 'INR', true, true, false, 1, now(), now())
"""
EXPENSE = """
insert into expenses (organization_id, id, branch_id, dated_on, paid_through_account_id, place_of_supply, supply_type,
                      currency_code, exchange_rate, is_inclusive_tax, is_reverse_charge, amount, taxable_total,
                      cgst_total, sgst_total, igst_total, cess_total, tax_total, total, tags, custom_fields, created_by,
                      version, created_at, modified_at)
values ('org_1', 'exp_1', 'br_1', '2026-05-01', 'acc_1', 'IN-MH', 'INTRA_STATE', 'INR', 1, false, false, 5, 5, 0, 0, 0,
        0, 0, 5, '{}', '{}', 'usr_1', 1, now(), now())
"""
EXPENSE_LINE = """
insert into expense_lines (organization_id, expense_id, id, position, account_id, amount, tax_percentage,
                           cess_percentage, taxable_amount, cgst_amount, sgst_amount, igst_amount, cess_amount,
                           itc_eligibility, itc_blocked_reason)
values ('org_1', 'exp_1', 'li_1', 1, 'acc_2', 5, 0, 0, 5, 0, 0, 0, 0, 'BLOCKED', 'CLUB_MEMBERSHIP')
"""
TEMPLATES = """
insert into recurring_schedules (organization_id, id, name, entity_type, frequency, every, start_on, is_active,
                                 auto_approve, template, run_count, failure_count, run_by, created_by, version,
                                 created_at, modified_at)
values ('org_1', 'rec_1', 'Dinner', 'EXPENSE', 'MONTHLY', 1, '2026-04-01', false, false,
        '{"notes": "Dinner", "line_items": [{"itc_blocked_reason": "FOOD_BEAUTY_OR_HEALTH"}]}', 0, 0, 'usr_1', 'usr_1',
        1, now(), now()),
       ('org_1', 'rec_2', 'Wear', 'JOURNAL', 'MONTHLY', 1, '2026-04-01', false, false,
        '{"notes": "Wear", "line_items": [{"debit": 5}]}', 0, 0, 'usr_1', 'usr_1', 1, now(), now())
"""
COMMENT = """
insert into comments (organization_id, id, entity_type, entity_id, description, created_by, version, created_at,
                      modified_at)
values ('org_1', 'cmt_1', 'INVOICE', 'inv_1', 'Pays late', 'usr_1', 1, now(), now())
"""
TOLD = """
with told as (
  insert into activity (organization_id, id, action, entity_type, entity_id, changes, metadata, occurred_at)
  values ('org_1', 'evt_1', 'COMMENT_CREATED', 'COMMENT', 'cmt_1', '{}', '{"source": "PAT"}', now()),
         ('org_1', 'evt_2', 'COMMENT_UPDATED', 'COMMENT', 'cmt_1',
          '{"description": {"old": "Pays", "new": "Pays late"}}', '{"source": "CLI"}', now()),
         ('org_1', 'evt_3', 'EXPENSE_UPDATED', 'EXPENSE', 'exp_1',
          '{"line_items": {"old": [], "new": [{"itc_blocked_reason": "CSR"}]}}', '{}', now())
)
insert into events (organization_id, id, event_type, entity_type, entity_id, summary, occurred_at)
values ('org_1', 'evt_1', 'COMMENT_CREATED', 'COMMENT', 'cmt_1',
        '{"entity_type": "INVOICE", "entity_id": "inv_1"}', now())
"""


def test_old_money_and_comments_have_the_published_names_too(old_database: OldDatabase) -> None:
    url = old_database("0018")
    written(url, UNLINKED, ORGANIZATION, TILL, EXPENSE, EXPENSE_LINE, TEMPLATES, COMMENT, TOLD)

    migrations.upgrade(url)

    assert row(url, "select mode from expenses") == {"mode": "CASH"}
    assert row(url, "select itc_blocked_reason from expense_lines") == {"itc_blocked_reason": "17(5)(b)(ii)"}
    dinner, wear = (
        row(url, f"select template from recurring_schedules where id = 'rec_{number}'")["template"] for number in (1, 2)
    )
    assert dinner == {"notes": "Dinner", "line_items": [{"itc_blocked_reason": "17(5)(b)(i)"}]}
    assert wear == {"memo": "Wear", "lines": [{"debit": 5}]}
    assert row(url, "select body, author_user_id from comments") == {"body": "Pays late", "author_user_id": "usr_1"}
    added, updated, spent = (row(url, f"select * from activity where id = 'evt_{number}'") for number in (1, 2, 3))
    assert (added["action"], added["parent_type"], added["parent_id"]) == ("COMMENT_ADDED", "INVOICE", "inv_1")
    assert added["metadata"] == {"source": "PUBLIC_API", "token_kind": "PAT"}
    assert updated["changes"] == {"body": {"old": "Pays", "new": "Pays late"}}
    assert updated["metadata"] == {"source": "CLI"}
    assert spent["changes"] == {"line_items": {"old": [], "new": [{"itc_blocked_reason": "17(5)(fa)"}]}}
    assert row(url, "select event_type from events") == {"event_type": "COMMENT_CREATED"}


def test_notes_keep_what_they_say_of_goods_and_reasons(old_database: OldDatabase) -> None:
    """Lines at the invoice's own price went back by quantity; a buyer's reason was kept in the supplier's words."""
    url = old_database("0018")
    written(url, ORGANIZATION, BRANCH, CONTACT, ACCOUNTS, PAPERS, LINES)

    migrations.upgrade(url)

    of_lines = """
    select json_object_agg(id, json_build_array(is_restocked, stock_direction, corrected_line_id)) as by_id
      from document_lines
    """
    assert row(url, of_lines)["by_id"] == {
        "li_chairs": [False, None, None],
        "li_desks": [False, None, None],
        "li_back": [True, "SALES_RETURN_IN", "li_chairs"],
        "li_cheaper": [True, "SALES_RETURN_IN", None],
        "li_sent": [False, None, None],
    }
    of_notes = "select json_object_agg(id, json_build_array(reason, gst_reason)) as by_id from documents"
    assert row(url, of_notes)["by_id"] == {
        "inv_1": [None, None],
        "cn_1": ["SALES_RETURN", "SALES_RETURN"],
        "dn_1": ["PURCHASE_RETURN", "SALES_RETURN"],
    }


def test_papers_of_one_number_stay_and_the_later_ones_count_as_meant(old_database: OldDatabase) -> None:
    url = old_database("0018")
    written(url, ORGANIZATION, CONTACT, BRANCH, BILLS)

    migrations.upgrade(url)

    meant = row(url, "select json_object_agg(id, is_duplicate_meant) as by_id from documents")["by_id"]
    assert meant == {"bill_0": False, "bill_1": False, "bill_2": True, "bill_3": True, "bill_4": False}


def test_branches_get_the_codes_that_new_ones_would(old_database: OldDatabase) -> None:
    url = old_database("0018")
    written(url, ORGANIZATION, BRANCH, MORE_BRANCHES)

    migrations.upgrade(url)

    codes = row(url, "select json_object_agg(branch_name, code) as of_names from branches")["of_names"]
    assert codes == {"Mumbai": "MUM", "Mumbra": "MUM-2", "Pune Camp": "PC", "पुणे": "BR"}


def test_contacts_keep_their_names_under_each_that_is_published(old_database: OldDatabase) -> None:
    url = old_database("0018")
    registered = "update contacts set company_name = 'Ardeshir LLP', status = 'ACTIVE'"
    written(url, ORGANIZATION, CONTACT, registered)

    migrations.upgrade(url)

    names = row(url, "select contact_name, display_name, legal_name from contacts")
    assert names == {"contact_name": "Ardeshir", "display_name": "Ardeshir", "legal_name": "Ardeshir LLP"}


def test_addresses_of_delivery_get_a_place_for_a_number(old_database: OldDatabase) -> None:
    url = old_database("0018")
    shipped = """'{"city": "Pune", "state_code": "IN-MH"}'"""
    of_contact = f"update contacts set shipping_address = {shipped}, status = 'ARCHIVED'"  # no value
    of_bills = f"update documents set shipping_address = {shipped} where id = 'bill_1'"  # no value
    written(url, ORGANIZATION, CONTACT, BRANCH, BILLS, of_contact, of_bills)

    migrations.upgrade(url)

    whole = {"city": "Pune", "state_code": "IN-MH", "gst_no": None}
    assert row(url, "select shipping_address from contacts")["shipping_address"] == whole
    of_bill = "select shipping_address, change_number from documents where id = '{}'"
    assert row(url, of_bill.format("bill_1")) == {"shipping_address": whole, "change_number": 0}
    assert row(url, of_bill.format("bill_2"))["shipping_address"] is None


def test_members_keep_writing_or_reading_under_the_new_names_of_roles(old_database: OldDatabase) -> None:
    url = old_database("0018")
    users = "insert into users select 'usr_' || n, 'U', n || '@example.in', true, now() from generate_series(1, 4) as n"
    given = """
    insert into memberships
    select 'org_1', 'usr_' || n, (array['OWNER', 'ADMIN', 'STAFF', 'VIEWER'])[n], true, now()
      from generate_series(1, 4) as n
    """
    written(url, ORGANIZATION, users, given)

    migrations.upgrade(url)

    kept = row(url, "select array_agg(role order by user_id) as roles from memberships")["roles"]
    assert kept == ["OWNER", "ACCOUNTANT", "ACCOUNTANT", "READ_ONLY"]
