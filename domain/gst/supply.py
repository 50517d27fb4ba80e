"""The nature of a supply: between which places it goes, whether it crosses a state's border, whether it bears tax.

One function decides for sales, one for purchases; all that computes tax afterwards only reads the ``Supply``.
Source: IGST Act 2017, sections 7, 8, 10, 12 and 16; CGST Act 2017, sections 9(3), 10 and 32.
"""

from decimal import Decimal
from enum import StrEnum

from domain.errors import Failed
from domain.gst.states import OVERSEAS
from domain.gst.treatments import GstTreatment, RegistrationType
from domain.values import Struct

_CHARGE_NOTHING = frozenset(
    {GstTreatment.COMPOSITION, GstTreatment.UNREGISTERED, GstTreatment.CONSUMER, GstTreatment.OVERSEAS}
)
_OUTSIDE_THE_STATES = frozenset({GstTreatment.OVERSEAS, GstTreatment.SEZ})


class SupplyType(StrEnum):
    """Within a state (CGST and SGST or UTGST) or between states (IGST)."""

    INTRA_STATE = "INTRA_STATE"
    INTER_STATE = "INTER_STATE"


class Supply(Struct, frozen=True):
    """What the tax of a document depends on beside its lines.

    ``bears_tax``: taxable lines have tax. ``shows_rate``: taxable lines keep their rate, as exports and supplies to
    an SEZ without payment of tax do. ``is_reverse_charge``: the tax is the recipient's to pay, so not in the total;
    ``is_tax_on_operator``: that of an electronic commerce operator (CGST Act, section 9(5)), so not in it either.
    ``is_tax_claimed``: the tax of an export is claimed as a refund and not owed by the buyer.
    ``why_untaxed`` says why no line may name a rate, where that is so.
    """

    supplier_state: str
    place_of_supply: str
    is_interstate: bool
    is_zero_rated: bool
    is_reverse_charge: bool
    bears_tax: bool
    shows_rate: bool
    why_untaxed: str | None = None
    is_tax_claimed: bool = False
    is_tax_on_operator: bool = False

    @property
    def leaves_tax_out(self) -> bool:
        """Whether the other side owes the value alone: somebody else pays the tax, or it is claimed back."""
        return self.is_reverse_charge or self.is_tax_claimed or self.is_tax_on_operator

    @property
    def supply_type(self) -> SupplyType:
        """The border crossed or not, as documents keep it."""
        return SupplyType.INTER_STATE if self.is_interstate else SupplyType.INTRA_STATE


def decide_sale(
    *,
    registration: RegistrationType,
    organization_state: str,
    treatment: GstTreatment,
    place_of_supply: str,
    is_export_with_payment: bool,
    is_reverse_charge: bool,
    is_tax_claimed: bool = False,
    is_tax_on_operator: bool = False,
    path: str = "",
) -> Supply:
    """Return the nature of a sale from a registration in ``organization_state`` to a customer of this treatment.

    ``is_export_with_payment`` matters for exports and SEZ only: IGST is charged, else the supply is under LUT or bond.
    ``is_tax_claimed``: that IGST is claimed as a refund instead of being owed by the buyer; ``is_tax_on_operator``: an
    electronic commerce operator owes the tax, whoever the customer is.
    Raises Failed on a place of supply outside India for a customer in India, on reverse charge where the organization
    issues no tax invoice or the customer is not registered, and on a claim where no tax is paid on an export.
    ``path`` is put before the field's name.
    """
    if place_of_supply == OVERSEAS and treatment is not GstTreatment.OVERSEAS:
        raise Failed(
            f"A supply to a customer of treatment {treatment} has its place in India.", field=f"{path}place_of_supply"
        )
    if is_reverse_charge:
        _check_outward_reverse_charge(registration, treatment, field=f"{path}is_reverse_charge")
    is_zero_rated = place_of_supply == OVERSEAS or treatment is GstTreatment.SEZ
    if is_tax_claimed and not (is_zero_rated and is_export_with_payment):
        raise Failed(
            "Only the IGST of an export or supply to an SEZ with payment of tax can be claimed.",
            field=f"{path}is_export_tax_claimed",
        )
    is_sez_at_either_end = treatment is GstTreatment.SEZ or registration is RegistrationType.SEZ
    return Supply(
        supplier_state=organization_state,
        place_of_supply=place_of_supply,
        is_interstate=is_sez_at_either_end or place_of_supply != organization_state,
        is_zero_rated=is_zero_rated,
        is_reverse_charge=is_reverse_charge,
        bears_tax=registration.charges_tax and (is_export_with_payment or not is_zero_rated),
        shows_rate=registration.charges_tax,
        is_tax_claimed=is_tax_claimed,
        is_tax_on_operator=is_tax_on_operator,
        why_untaxed=None
        if registration.charges_tax
        else f"An organization of registration {registration} may not charge GST.",
    )


def decide_purchase(
    *,
    registration: RegistrationType,
    treatment: GstTreatment,
    vendor_state: str | None,
    place_of_supply: str,
    is_reverse_charge: bool,
    path: str = "",
    reverse_charge_field: str = "is_reverse_charge",
) -> Supply:
    """Return the nature of a purchase from a vendor of this treatment.

    ``vendor_state`` is None where it is not known: the vendor then counts as one of the place of supply.
    Raises Failed on a place of supply outside India for a vendor in India, and on reverse charge where there is none
    to account for: without a registration, or outside India. ``path`` is put before the field's name.
    """
    if place_of_supply == OVERSEAS and treatment is not GstTreatment.OVERSEAS:
        raise Failed(
            f"A supply by a vendor of treatment {treatment} has its place in India.", field=f"{path}place_of_supply"
        )
    if is_reverse_charge:
        _check_inward_reverse_charge(registration, place_of_supply, field=f"{path}{reverse_charge_field}")
    supplier_state = OVERSEAS if treatment is GstTreatment.OVERSEAS else vendor_state or place_of_supply
    is_outside_the_states = treatment in _OUTSIDE_THE_STATES or registration is RegistrationType.SEZ
    bears_tax = is_reverse_charge or treatment not in _CHARGE_NOTHING
    return Supply(
        supplier_state=supplier_state,
        place_of_supply=place_of_supply,
        is_interstate=is_outside_the_states or supplier_state != place_of_supply,
        is_zero_rated=False,
        is_reverse_charge=is_reverse_charge,
        bears_tax=bears_tax,
        shows_rate=bears_tax,
        why_untaxed=None
        if bears_tax
        else f"A vendor of treatment {treatment} charges no GST; on reverse charge, say {reverse_charge_field}.",
    )


def propose_place_of_sale(
    *,
    treatment: GstTreatment,
    organization_state: str,
    gstin_state: str | None,
    billing_state: str | None,
    delivery_state: str | None,
) -> str:
    """Return the place of supply to propose for a sale; the user may change it.

    ``delivery_state`` is where goods are delivered to the buyer himself; None for services, and for goods that go to
    somebody else on the buyer's direction (then his own place counts, IGST section 10(1)(b)). The other two states
    are None where they are not known or not in India. For a buyer without registration the address of delivery is the
    one on the invoice (IGST section 10(1)(ca), from 01-10-2023; Circular 209/3/2024-GST); services go by his address
    on record, those to a registered buyer by the state of his registration (IGST section 12(2)).
    """
    if treatment is GstTreatment.OVERSEAS:
        return delivery_state or OVERSEAS
    registered_state = gstin_state if treatment.is_registered else None
    return delivery_state or registered_state or billing_state or organization_state


def propose_place_of_purchase(
    *, registration: RegistrationType, organization_state: str, delivery_state: str | None
) -> str:
    """Return the place of supply to propose for a purchase: the state of the registration that receives it.

    Without a registration goods are supplied where they are delivered (IGST section 10(1)(ca)); ``delivery_state`` is
    None for services. To a registered buyer who has them sent elsewhere they are supplied at his own place (section
    10(1)(b)).
    """
    if registration.is_registered:
        return organization_state
    return delivery_state or organization_state


def needs_self_invoice(treatment: GstTreatment | None, *, is_reverse_charge: bool) -> bool:
    """Say whether the recipient writes the invoice: on reverse charge, for a vendor without registration.

    The treatment is None where nothing is known of the vendor, who then has shown no registration.
    Source: CGST Act 2017, section 31(3)(f).
    """
    return is_reverse_charge and not (treatment and treatment.is_registered)


def check_may_charge(supply: Supply, tax_percent: Decimal, *, field: str | None = None) -> None:
    """Raise Failed when a line of a supply on which nobody may collect GST is asked to show a rate.

    Source: CGST Act 2017, sections 10(4) and 32.
    """
    if tax_percent and supply.why_untaxed:
        raise Failed(f"{supply.why_untaxed} The rate is {tax_percent} %.", field=field)


def check_two_persons(own_gst_no: str | None, gst_no: str | None, *, field: str) -> None:
    """Raise Failed where both sides of a supply are one registration: nothing is supplied between its own places.

    Registrations of their own make two persons of one business. Source: CGST Act 2017, sections 7(1) and 25(4).
    """
    if gst_no is not None and gst_no == own_gst_no:
        raise Failed(
            f"{gst_no} is the registration of the branch itself: between its own places nothing is supplied "
            "(section 25(4)).",
            field=field,
        )


def _check_outward_reverse_charge(registration: RegistrationType, treatment: GstTreatment, *, field: str) -> None:
    if not registration.charges_tax:
        raise Failed(
            f"Reverse charge stands on a tax invoice, which an organization of registration {registration} "
            "does not issue.",
            field=field,
        )
    if not treatment.is_registered:
        raise Failed(
            f"A customer of treatment {treatment} is not registered and cannot pay tax on reverse charge.", field=field
        )


def _check_inward_reverse_charge(registration: RegistrationType, place_of_supply: str, *, field: str) -> None:
    if not registration.is_registered:
        raise Failed("Without a registration no tax can be paid on reverse charge.", field=field)
    if place_of_supply == OVERSEAS:
        raise Failed("What is supplied outside India bears no tax on reverse charge.", field=field)
