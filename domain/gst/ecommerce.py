"""Sales through an electronic commerce operator: who collects tax at source, and who owes the tax of the sale itself.

Source: CGST Act 2017, section 52 (the operator collects a little of the tax, the seller owes all of it), section 9(5)
and IGST Act 2017, section 5(5) (the operator owes the tax of notified services as if he were the seller, also where
the buyer is a consumer; notification 17/2017-CT(R)). The seller's invoice then shows the tax and charges none of it.
"""

from enum import StrEnum

from domain.errors import Failed, Required
from domain.gst.gstin import Gstin, GstinKind, parse_gstin
from domain.gst.states import OVERSEAS
from domain.values import Struct

OPERATOR = ("ecommerce_operator_gst_no", "ecommerce_section", "ecommerce_supplier_gst_no")
"""The fields of a document that tell of an operator."""
# The state and the PAN: registrations that share both are those of one distinct person.
_PERSON = 12


class EcommerceSection(StrEnum):
    """Why the operator matters to the tax of a sale."""

    COLLECTED_AT_SOURCE = "SECTION_52"
    PAID_BY_OPERATOR = "SECTION_9_5"


class ThroughOperator(Struct, frozen=True, kw_only=True):
    """The numbers of a sale through an operator in their usual form, and whether he, another than we, owes its tax."""

    ecommerce_operator_gst_no: str | None = None
    ecommerce_section: str | None = None
    ecommerce_supplier_gst_no: str | None = None
    is_tax_paid_by_operator: bool = False


def through_operator(
    *,
    operator: str | None,
    section: str | None,
    supplier: str | None,
    own_gst_no: str | None,
    place_of_supply: str,
    is_reverse_charge: bool,
) -> ThroughOperator:
    """Return what is to be kept of an operator; ``own_gst_no`` is that of the registration that issues the document.

    An operator with the state and PAN of that registration is ourselves: under section 9(5) we then owe the tax of
    what ``supplier`` (None: somebody without registration) supplies through us, and it is charged as usual.
    Raises Required where one of operator and section is missing, GstinFault for a number that is none, and Failed for
    an operator who collects no tax at source, and for what does not go with the section.
    """
    if operator is None and section is None:
        if supplier is not None:
            raise Failed("Only an operator has suppliers; name it as well.", field="ecommerce_supplier_gst_no")
        return ThroughOperator()
    if operator is None:
        raise Required("Say the GSTIN of the operator through whom it was sold.", field="ecommerce_operator_gst_no")
    if section is None:
        raise Required("Say whether section 52 or section 9(5) applies.", field="ecommerce_section")
    gstin = parse_gstin(operator, field="ecommerce_operator_gst_no")
    is_ourselves = own_gst_no is not None and gstin.number[:_PERSON] == own_gst_no[:_PERSON]
    _check_operator(gstin, own_gst_no)
    why = EcommerceSection(section)
    if why is EcommerceSection.COLLECTED_AT_SOURCE:
        _check_collected(is_ourselves=is_ourselves)
    else:
        _check_paid_by_operator(place_of_supply, is_reverse_charge=is_reverse_charge)
    is_paid_for_others = is_ourselves and why is EcommerceSection.PAID_BY_OPERATOR
    return ThroughOperator(
        ecommerce_operator_gst_no=gstin.number,
        ecommerce_section=why.value,
        ecommerce_supplier_gst_no=_supplier(supplier, gstin, own_gst_no, is_paid_for_others=is_paid_for_others),
        is_tax_paid_by_operator=why is EcommerceSection.PAID_BY_OPERATOR and not is_ourselves,
    )


def _check_operator(gstin: Gstin, own_gst_no: str | None) -> None:
    if gstin.kind is not GstinKind.TAX_COLLECTOR and gstin.number != own_gst_no:
        raise Failed(
            f"{gstin.number} is a number of kind {gstin.kind}; that of an operator has C as its 14th character.",
            field="ecommerce_operator_gst_no",
        )


def _check_collected(*, is_ourselves: bool) -> None:
    if is_ourselves:
        raise Failed(
            "An operator collects no tax from himself (section 52(1)): what one sells on one's own platform is an "
            "ordinary sale.",
            field="ecommerce_section",
        )


def _check_paid_by_operator(place_of_supply: str, *, is_reverse_charge: bool) -> None:
    if place_of_supply == OVERSEAS:
        raise Failed("Section 9(5) is about supplies within India.", field="ecommerce_section")
    if is_reverse_charge:
        raise Failed("Under section 9(5) the operator pays the tax, not the customer.", field="is_reverse_charge")


def _supplier(supplier: str | None, operator: Gstin, own_gst_no: str | None, *, is_paid_for_others: bool) -> str | None:
    field = "ecommerce_supplier_gst_no"
    if supplier is None:
        return None
    if not is_paid_for_others:
        raise Failed(
            "Another supplier is named only where you are the operator and owe the tax under section 9(5).", field=field
        )
    gstin = parse_gstin(supplier, field=field)
    if gstin.number in (operator.number, own_gst_no):
        raise Failed("The supplier is another than the operator.", field=field)
    return gstin.number
