"""The papers with which goods of an export, or to a special economic zone, leave: shipping bill or bill of export.

They come after the invoice, so they are written into it later. Source: FORM GSTR-1, table 6; Customs Act 1962,
section 50; GST portal: number and date of the shipping bill are given together or not at all.
"""

from collections.abc import Mapping
from typing import Any

from domain.errors import Failed, Required
from domain.gst.states import OVERSEAS
from domain.gst.treatments import GstTreatment

EXPORT_PAPERS = ("shipping_bill_number", "shipping_bill_on", "port_code")
"""The fields of a document that tell of them; the contract calls the day ``shipping_bill_date``."""


def check_export_papers(values: Mapping[str, Any]) -> None:
    """Check what a document (its head, by our names) says of them.

    Raises Failed where it is no export, Required for a number without its day or a day without its number.
    """
    if not any(values[name] is not None for name in EXPORT_PAPERS):
        return
    if values["place_of_supply"] != OVERSEAS and GstTreatment(values["gst_treatment"]) is not GstTreatment.SEZ:
        said = next(name for name in EXPORT_PAPERS if values[name] is not None)
        raise Failed(
            "Only an export or a supply to a special economic zone passes customs with a shipping bill.",
            field="shipping_bill_date" if said == "shipping_bill_on" else said,
        )
    if (values["shipping_bill_number"] is None) != (values["shipping_bill_on"] is None):
        missing = "shipping_bill_date" if values["shipping_bill_on"] is None else "shipping_bill_number"
        raise Required("Number and date of a shipping bill come together.", field=missing)
