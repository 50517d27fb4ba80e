"""Income tax that the buyer withholds from what he owes: on the value without GST, to be paid to the government.

Source: CBDT circular 23/2017: where GST is shown apart, no tax is deducted on it.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from domain.errors import Failed
from domain.money import ZERO, round_paise

_PERCENT = Decimal("0.01")


def with_one_measure(said: Mapping[str, Any]) -> Mapping[str, Any]:
    """An amount that is said replaces a percentage stored before."""
    if said.get("tds_amount") is not None and "tds_percent" not in said:
        return {**said, "tds_percent": None}
    return said


def withheld(values: Mapping[str, Any], taxable: Decimal, total: Decimal) -> Decimal:
    """The amount withheld, in the document's currency: by percentage of the value without GST, or as said.

    Raises Failed when it is more than the total.
    """
    percent, said = values["tds_percent"], values["tds_amount"]
    amount = round_paise(taxable * percent * _PERCENT) if percent is not None else said or ZERO
    if amount > total:
        raise Failed(f"The tax withheld, {amount}, is more than the total {total}.", field="tds_amount")
    return amount
