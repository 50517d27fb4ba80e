"""The supply behind a document: its nature and its place, for each side out of the document's own values."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from domain.gst.ecommerce import ThroughOperator, through_operator
from domain.gst.gstin import parse_gstin
from domain.gst.hsn import is_service_code
from domain.gst.supply import (
    Supply,
    decide_purchase,
    decide_sale,
    propose_place_of_purchase,
    propose_place_of_sale,
)
from domain.gst.treatments import GstTreatment
from domain.values import replace

if TYPE_CHECKING:
    from domain.documents.circumstances import Circumstances, LineItem

Values = Mapping[str, Any]


def of_sale(values: Values, facts: "Circumstances") -> Supply:
    """The nature of a sale. Raises: what ``decide_sale`` refuses."""
    return decide_sale(
        registration=facts.registration,
        organization_state=facts.branch_state,
        treatment=GstTreatment(values["gst_treatment"]),
        place_of_supply=values["place_of_supply"],
        is_export_with_payment=values["is_export_with_payment"],
        is_tax_claimed=values["is_export_tax_claimed"],
        is_reverse_charge=values["is_reverse_charge"],
        is_tax_on_operator=values["is_tax_paid_by_operator"],
    )


def of_purchase(values: Values, facts: "Circumstances") -> Supply:
    """The nature of a purchase. Raises: what ``decide_purchase`` refuses."""
    return decide_purchase(
        registration=facts.registration,
        treatment=GstTreatment(values["gst_treatment"]),
        vendor_state=_state_of_contact(values, facts),
        place_of_supply=values["place_of_supply"],
        is_reverse_charge=values["is_reverse_charge"],
    )


def through_operator_of(values: Values, facts: "Circumstances") -> Values:
    """What is kept of the operator through whom a sale was made. Raises: what ``through_operator`` refuses."""
    through = through_operator(
        operator=values["ecommerce_operator_gst_no"],
        section=values["ecommerce_section"],
        supplier=values["ecommerce_supplier_gst_no"],
        own_gst_no=facts.branch_gst_no,
        place_of_supply=values["place_of_supply"],
        is_reverse_charge=values["is_reverse_charge"],
    )
    return {name: getattr(through, name) for name in ThroughOperator.__struct_fields__}


def outside_gst(supply: Supply) -> Supply:
    """The same supply on a commercial note, which changes no tax (CGST Act, section 34(2))."""
    return replace(
        supply, bears_tax=False, shows_rate=False, why_untaxed="A note without GST changes no tax and names none."
    )


def place_of_sale(
    values: Values, facts: "Circumstances", lines: Sequence[Values], items: Mapping[str, "LineItem"]
) -> str:
    """The place of supply to propose for a sale of these lines."""
    billing = values["billing_address"] or {}
    return propose_place_of_sale(
        treatment=GstTreatment(values["gst_treatment"]),
        organization_state=facts.branch_state,
        gstin_state=_state_of_contact(values, facts) if values["gst_no"] else None,
        billing_state=billing.get("state_code") or facts.contact_state,
        delivery_state=_state_of_delivery(values, lines, items),
    )


def place_of_purchase(
    values: Values, facts: "Circumstances", lines: Sequence[Values], items: Mapping[str, "LineItem"]
) -> str:
    """The place of supply to propose for a purchase of these lines."""
    return propose_place_of_purchase(
        registration=facts.registration,
        organization_state=facts.branch_state,
        delivery_state=_state_of_delivery(values, lines, items),
    )


def never(values: Values, lines: Sequence[Values], items: Mapping[str, "LineItem"]) -> bool:
    """A seller says himself whether his customer pays the tax."""
    return False


def is_import_of_services(values: Values, lines: Sequence[Values], items: Mapping[str, "LineItem"]) -> bool:
    """Whether all lines are services from abroad, on which the recipient pays the tax (IGST Act, section 5(3))."""
    if GstTreatment(values["gst_treatment"]) is not GstTreatment.OVERSEAS:
        return False
    return _are_services(lines, items)


def _state_of_delivery(values: Values, lines: Sequence[Values], items: Mapping[str, "LineItem"]) -> str | None:
    """Where goods are delivered; ``None`` where only services are supplied, which no delivery address tells.

    Services beside goods (freight, packing, installation) go with them: a composite supply is that of its principal
    part, which the books take to be the goods (CGST Act, sections 2(30) and 8(a)). Whoever sells both for themselves
    says the place, or writes two documents. A line that tells neither code nor item counts as goods.
    """
    if _are_services(lines, items):
        return None
    state: str | None = (values["shipping_address"] or {}).get("state_code")
    return state


def _are_services(lines: Sequence[Values], items: Mapping[str, "LineItem"]) -> bool:
    return bool(lines) and all(_is_service(line, items) for line in lines)


def _is_service(line: Values, items: Mapping[str, "LineItem"]) -> bool:
    item = items.get(line.get("item_id") or "")
    code = line.get("hsn_or_sac") or (item.hsn_or_sac if item else None)
    return is_service_code(code) if code else item is not None and item.item_type == "SERVICE"


def _state_of_contact(values: Values, facts: "Circumstances") -> str | None:
    """The state of the GSTIN on the document; where that is the contact's own, the state on the contact goes before."""
    if not values["gst_no"]:
        return facts.contact_state
    is_own_number = values["gst_no"] == facts.contact_gst_no
    return (facts.contact_state if is_own_number else None) or parse_gstin(values["gst_no"]).state
