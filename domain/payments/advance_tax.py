"""The tax inside an advance for services, due when the money comes. Advances for goods bear none.

Source: CGST Act 2017, section 13(2); CGST Rules 2017, rule 50; notification 66/2017-CT for goods.
"""

from decimal import Decimal

from domain.errors import Failed, NotFound
from domain.gst.gstin import parse_gstin
from domain.gst.states import normalise_place_of_supply
from domain.gst.supply import Supply, decide_sale, propose_place_of_sale
from domain.gst.tax_catalogue import CATALOGUE, TAXES, CatalogueTax, TaxShape
from domain.gst.treatments import GstTreatment, RegistrationType
from domain.money import ZERO, round_paise
from domain.payments.loading import Surroundings
from domain.payments.payment import FLOWS, Payment, PaymentType
from domain.values import replace

_HUNDRED = Decimal(100)
# Where the rate is not known, it is taken to be 18 % (rule 50, first proviso).
_USUAL = next(tax for tax in CATALOGUE if tax.shape is TaxShape.INTRA_STATE and tax.percent == Decimal(18))


def check_advance(payment: Payment, base_currency: str) -> None:
    """Refuse tax inside anything but an advance that a customer pays in the currency of the books.

    Raises: NotFound for a tax that does not exist, Failed.
    """
    if not payment.is_service_advance:
        return
    if payment.tax_id is not None and payment.tax_id not in TAXES:
        raise NotFound("Tax", payment.tax_id, field="tax_id")
    if payment.payment_type != PaymentType.ADVANCE or not FLOWS[payment.flow].charges_settle:
        raise Failed("Only an advance that is received has tax inside.", field="is_service_advance")
    if payment.currency_code != base_currency:
        raise Failed(f"An advance has tax inside in {base_currency} only.", field="is_service_advance")


def with_tax(payment: Payment, facts: Surroundings) -> Payment:
    """The advance with the tax inside what is not applied of it, split as its place of supply tells.

    Raises Failed for a tax that services cannot bear or that the branch may not charge.
    """
    tax = _tax(payment.tax_id)
    supply = _supply(payment, facts)
    cgst, sgst, igst = _inside(payment.unallocated, tax.percent, supply)
    return replace(
        payment,
        tax_id=tax.id,
        tax_percentage=tax.percent,
        place_of_supply=supply.place_of_supply,
        supply_type=supply.supply_type.value,
        cgst_amount=cgst,
        sgst_amount=sgst,
        igst_amount=igst,
        cgst_left=cgst,
        sgst_left=sgst,
        igst_left=igst,
    )


def _tax(key: str | None) -> CatalogueTax:
    if key is None:
        return _USUAL
    tax = TAXES[key]
    if not tax.percent or tax.cess or tax.shape is TaxShape.RCM:
        raise Failed(f"An advance for services has no {tax.name} inside.", field="tax_id")
    return tax


def _supply(payment: Payment, facts: Surroundings) -> Supply:
    registration = RegistrationType(facts.organization_registration if facts.branch_gst_no else "UNREGISTERED")
    if not registration.charges_tax:
        raise Failed(f"An organization of registration {registration} charges no GST.", field="is_service_advance")
    treatment, state = GstTreatment(facts.contact_gst_treatment), facts.branch_state or ""
    billing = facts.billing_address or {}
    gstin = parse_gstin(facts.contact_gst_no) if facts.contact_gst_no else None
    place = payment.place_of_supply or propose_place_of_sale(
        treatment=treatment,
        organization_state=state,
        gstin_state=facts.contact_state or (gstin.state if gstin else None),
        billing_state=billing.get("state_code") or facts.contact_state,
        delivery_state=None,
    )
    return decide_sale(
        registration=registration,
        organization_state=state,
        treatment=treatment,
        place_of_supply=normalise_place_of_supply(place, field="place_of_supply"),
        is_export_with_payment=False,
        is_reverse_charge=False,
    )


def _inside(amount: Decimal, percent: Decimal, supply: Supply) -> tuple[Decimal, Decimal, Decimal]:
    """CGST, SGST and IGST inside ``amount`` (rupees): ``amount × rate ÷ (100 + rate)``; none under LUT."""
    if not supply.bears_tax:
        return ZERO, ZERO, ZERO
    if supply.is_interstate:
        return ZERO, ZERO, round_paise(amount * percent / (_HUNDRED + percent))
    half = round_paise(amount * percent / 2 / (_HUNDRED + percent))
    return half, half, ZERO
