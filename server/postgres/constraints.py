"""What a violated constraint of the database means to the caller, by the constraint's name."""

from psycopg import errors as pg

from domain.errors import Duplicate, Failed, InUse, InvalidState, PeriodLocked, Refusal

# Every constraint that two callers at once, or a rule that only the database can know, may reach. Each is also checked
# by code where it can be, so that the message has the facts; this is what remains for the losers of a race. Those of
# documents are explained in domain/documents/uniqueness.py, under the names of their kind.
_MEANINGS: dict[str, tuple[type[Refusal], str, str | None]] = {
    "accounts_code_key": (Duplicate, "An account with this code exists already.", "code"),
    "accounts_name_key": (Duplicate, "An account with this name exists already.", "name"),
    "bills_of_entry_number_key": (
        Duplicate,
        "This port has given the number already in this financial year.",
        "bill_of_entry_number",
    ),
    "branches_name_key": (Duplicate, "A branch with this name exists already.", "name"),
    "branches_code_key": (Duplicate, "A branch with this code exists already.", "code"),
    "cost_centers_code_key": (Duplicate, "A cost centre with this code exists already.", "code"),
    "cost_centers_name_key": (Duplicate, "A cost centre with this name exists already.", "name"),
    "exchange_rates_day_key": (Duplicate, "There is a rate of this currency for this date already.", "date"),
    "expenses_self_invoice_number_check": (
        Failed,
        "The number of the self-invoice would be longer than 16 characters (rule 46).",
        None,
    ),
    "items_sku_key": (Duplicate, "An item with this SKU exists already.", "sku"),
    "journals_period_check": (PeriodLocked, "The books were locked up to this date meanwhile.", "date"),
    "journals_return_check": (PeriodLocked, "The GST return of this date was filed meanwhile.", "date"),
    "journals_reverses_id_key": (InvalidState, "This entry has been reversed already.", None),
    "return_filings_arn_key": (Duplicate, "Another return was filed under this ARN.", "arn"),
    "return_filings_period_key": (Duplicate, "This return is there already.", "period"),
    "salespersons_name_key": (Duplicate, "A salesperson with this name exists already.", "salesperson_name"),
}


def refusal_of(violation: pg.IntegrityError) -> Refusal | None:
    """The refusal that a constraint's violation stands for; ``None`` when it can only be a mistake of ours."""
    meaning = _MEANINGS.get(violation.diag.constraint_name or "")
    if meaning is not None:
        refusal, message, field = meaning
        return refusal(message, field=field)
    if isinstance(violation, pg.ForeignKeyViolation):
        return InUse("Something in the books refers to this, or it was removed meanwhile.")
    return None
