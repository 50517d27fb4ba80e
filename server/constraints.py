"""What a violated constraint of the database means to the caller, by the constraint's name."""

from psycopg import errors as pg

from domain.errors import Duplicate, Failed, InUse, Refusal

# Every constraint that two callers at once, or a rule that only the database can know, may reach. Each is also checked
# by code where it can be, so that the message has the facts; this is what remains for the losers of a race.
_DUPLICATES = {
    "accounts_code_key": ("An account with this code exists already.", "code"),
    "accounts_name_key": ("An account with this name exists already.", "name"),
    "branches_name_key": ("A branch with this name exists already.", "branch_name"),
    "cost_centers_code_key": ("A cost centre with this code exists already.", "code"),
    "cost_centers_name_key": ("A cost centre with this name exists already.", "name"),
    "exchange_rates_day_key": ("There is a rate of this currency for this date already.", "date"),
    "items_sku_key": ("An item with this SKU exists already.", "sku"),
    "documents_number_key": ("This number is used already in this financial year.", "invoice_number"),
    "journals_reverses_id_key": ("This entry has been reversed already.", None),
}
_FAILURES = {
    "documents_number_check": ("The number would be longer than 16 characters (rule 46).", "invoice_number"),
}


def refusal_of(violation: pg.IntegrityError) -> Refusal | None:
    """The refusal that a constraint's violation stands for; ``None`` when it can only be a mistake of ours."""
    name = violation.diag.constraint_name or ""
    if name in _DUPLICATES:
        message, field = _DUPLICATES[name]
        return Duplicate(message, field=field)
    if name in _FAILURES:
        message, field = _FAILURES[name]
        return Failed(message, field=field)
    if isinstance(violation, pg.ForeignKeyViolation):
        return InUse("Something in the books refers to this, or it was removed meanwhile.")
    return None
