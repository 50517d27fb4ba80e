"""SQL for what documents and their lines are worth in rupees, as they were posted.

The same rules as in ``domain.documents.posting``: the value of a line is converted and rounded, and the tax of a
document in another currency is reckoned on that value. Source: CGST Rules 2017, rule 34.
"""

from domain.gst.cess import OF_UNITS

_PERCENTS = {
    "igst": "line.tax_percentage * 0.01",
    "cgst": "line.tax_percentage * 0.005",
    "sgst": "line.tax_percentage * 0.005",
    "cess": "line.cess_percentage * 0.01",
}
_BESIDE = {"cess": f" + {OF_UNITS}"}


def in_rupees(document: str, column: str) -> str:
    """SQL for an amount of the head under the alias ``document``, in rupees."""
    return (
        f"case when {document}.exchange_rate = 1 then {document}.{column}"
        f" else round({document}.{column} * {document}.exchange_rate, 2) end"
    )


def value_in_rupees(document: str) -> str:
    """SQL for the value of a ``line`` of the head under the alias ``document``, in rupees."""
    return (
        f"case when {document}.exchange_rate = 1 then line.taxable_amount"
        f" else round(line.taxable_amount * {document}.exchange_rate, 2) end"
    )


def tax_in_rupees(head: str, *, document: str, value: str) -> str:
    """SQL for a head of a line's tax in rupees, out of its ``value`` in rupees; cess a unit is in rupees anyway."""
    return (
        f"case when {document}.exchange_rate = 1 or line.{head}_amount = 0 then line.{head}_amount"
        f" else round({value} * {_PERCENTS[head]}, 2){_BESIDE.get(head, '')} end"
    )


def _taxes(document: str, value: str) -> str:
    return ", ".join(f"{tax_in_rupees(head, document=document, value=value)} as {head}" for head in _PERCENTS)


# PostgreSQL rounds numbers half away from zero, as domain.money does.
LINE_IN_RUPEES = f"""
lateral (select {value_in_rupees("document")} as taxable) as posted
 cross join lateral (select {_taxes("document", "posted.taxable")}) as taxed
""".strip()
"""What follows ``cross join`` for a ``line`` of a ``document``: its value (``posted.taxable``) and its taxes by head
(``taxed.igst`` and so on), in rupees."""

SUMMED_IN_RUPEES = """
sum(posted.taxable) as taxable,
       sum(taxed.igst) as igst,
       sum(taxed.cgst) as cgst,
       sum(taxed.sgst) as sgst,
       sum(taxed.cess) as cess
""".strip()
"""The columns of a selection that adds such lines up."""
