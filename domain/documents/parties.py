"""The other side of a document: treatment, GSTIN and addresses in their usual form, and that it is somebody else."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from domain.addresses import usual_address, usual_delivery_address
from domain.gst.gstin import parse_gstin
from domain.gst.supply import check_two_persons
from domain.gst.treatments import GstTreatment, check_gstin_fits, following_treatment

if TYPE_CHECKING:
    from domain.documents.circumstances import Circumstances
    from domain.documents.kinds import Kind

Values = Mapping[str, Any]


def party(kind: "Kind", values: Values, said: Values) -> dict[str, Any]:
    """The other side's treatment and GSTIN, checked together where the document says its own, and its addresses.

    A number that is said without a treatment brings its own, unless the one before fits it.
    """
    is_abroad = values["gst_treatment"] == GstTreatment.OVERSEAS
    addresses = {
        name: usual(values[name], field=kind.field_of(name), is_abroad=is_abroad)
        for name, usual in (("billing_address", usual_address), ("shipping_address", usual_delivery_address))
    }
    if "gst_treatment" not in said and "gst_no" not in said:
        return addresses
    gstin = parse_gstin(values["gst_no"], field="gst_no") if values["gst_no"] else None
    treatment = GstTreatment(values["gst_treatment"])
    if gstin is not None and "gst_treatment" not in said:
        treatment = following_treatment(treatment, gstin)
    check_gstin_fits(treatment, gstin, field="gst_no")
    return {**addresses, "gst_treatment": treatment.value, "gst_no": gstin.number if gstin else None}


def refuse_oneself(kind: "Kind", values: Values, facts: "Circumstances", *, field: str) -> None:
    """Refuse a supply to, or a purchase from, the registration that issues the document itself.

    Not what stands from before the books began, nor a note on what is posted already. Raises Failed, on ``field``.
    """
    if not (kind.may_be_to_oneself or values["is_opening_balance"] or values["parent_id"]):
        check_two_persons(facts.branch_gst_no, values["gst_no"], field=field)
