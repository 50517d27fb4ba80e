"""What firms do in these tests, each builder naming only what matters, and what their books must then show."""

from typing import Any

from models import metadata
from tests.running import Caller, Firm, rows

Json = dict[str, Any]


async def a_customer(call: Caller, name: str = "Deccan Retail") -> str:
    """Add a customer in Maharashtra and return its id."""
    contact = await call.made("/contacts", {"contact_name": name, "billing_address": {"state_code": "IN-MH"}})
    customer_id: str = contact["contact_id"]
    return customer_id


def an_invoice(customer_id: str, **fields: Any) -> Json:
    """The body of an invoice of 1,000 rupees for books, which are exempt."""
    line = {"name": "Printed books", "hsn_or_sac": "4901", "quantity": 1, "rate": 1000, "tax_category": "EXEMPT"}
    return {"customer_id": customer_id, "line_items": [line], **fields}


async def a_draft(call: Caller, customer_id: str, **fields: Any) -> str:
    """Draft an invoice and return its id."""
    draft = await call.made("/invoices", an_invoice(customer_id, **fields))
    invoice_id: str = draft["invoice_id"]
    return invoice_id


def everything(firm: Firm) -> dict[str, int]:
    """How many rows each tenant table has, of all organizations; but for the log of calls, which is written later."""
    tables = {table.name for table in metadata.tables.values() if table.info.get("tenant")} - {"api_calls"}
    return {name: rows(firm.url, f"select count(*) as rows from {name}")[0]["rows"] for name in sorted(tables)}


def count_of(firm: Firm, table: str, condition: str = "true") -> int:
    """How many rows the firm has in a table."""
    (counted,) = rows(
        firm.url,
        f"select count(*) as rows from {table} where organization_id = %s and {condition}",
        firm.organization_id,
    )
    number: int = counted["rows"]
    return number


def numbers_of(firm: Firm) -> list[str]:
    """The numbers that the firm's invoices have, in order."""
    query = "select number from documents where organization_id = %s and number is not null order by number"
    return [row["number"] for row in rows(firm.url, query, firm.organization_id)]


def first_numbers(count: int) -> list[str]:
    """The numbers from 1 on, as a new firm's first branch gives them."""
    return [f"INV/26-27/{number:04}" for number in range(1, count + 1)]


def wrong_balances(firm: Firm) -> list[Json]:
    """The accounts, branches, months and cost centres of which the kept balance is not the sum of the lines."""
    return [*_wrong(firm, "account_balances"), *_wrong(firm, "cost_center_balances", "cost_center_id,")]


def _wrong(firm: Firm, table: str, centre: str = "") -> list[Json]:
    return rows(
        firm.url,
        f"""
        select *
          from (select {centre} account_id, branch_id, begins_on, sum(debit) as debit, sum(credit) as credit
                  from {table}
                 where organization_id = %s
                 group by {centre} account_id, branch_id, begins_on) as kept
          full join (select {centre} account_id, branch_id, third_of_month(entry_on) as begins_on,
                            sum(debit) as debit, sum(credit) as credit
                       from journal_lines
                      where organization_id = %s
                        and num_nulls({centre} account_id) = 0
                      group by {centre} account_id, branch_id, third_of_month(entry_on)) as summed
         using ({centre} account_id, branch_id, begins_on)
         where (kept.debit, kept.credit) is distinct from (summed.debit, summed.credit)
        """,
        firm.organization_id,
        firm.organization_id,
    )


def trial_balance(firm: Firm) -> Any:
    """All debits less all credits; zero, or the ledger is broken."""
    (total,) = rows(
        firm.url,
        "select coalesce(sum(debit - credit), 0) as difference from journal_lines where organization_id = %s",
        firm.organization_id,
    )
    return total["difference"]
