"""What kind of supply a document tells of, as far as the law wants it printed: plain answers, decided once."""

from domain.documents.challans import tells_of_no_supply
from domain.documents.document import Line
from domain.documents.kinds import Side
from domain.documents.printing.material import Material
from domain.documents.status import CANCELLED, DRAFT
from domain.einvoice.obligation import NotRegistered, is_obliged, why_not
from domain.gst.hsn import is_service
from domain.gst.states import OVERSEAS
from domain.gst.supply import needs_self_invoice
from domain.gst.tax_catalogue import TaxCategory
from domain.gst.treatments import GstTreatment, RegistrationType
from domain.values import Struct

_NOT_YET_REGISTERED = ("PENDING", "FAILED")


class Nature(Struct, frozen=True, kw_only=True):
    """What a document is in the eyes of the law.

    ``bears_nothing``: no line bears GST (exempt, nil-rated, outside GST). ``is_mixed``: some do, some do not.
    ``leaves_tax_out``: the tax is shown, and not in the total. ``wants_irn``: it has to be registered with the portal,
    and is not. ``is_outside_einvoicing``: its issuer registers invoices, but need not register this one.
    ``is_no_supply``: goods leave and stay ours, so no tax is told of.
    """

    is_registered: bool = True
    is_composition: bool = False
    is_buyer_registered: bool = False
    bears_nothing: bool = False
    is_mixed: bool = False
    is_goods: bool = True
    is_export: bool = False
    is_sez: bool = False
    is_with_payment: bool = False
    is_deemed_export: bool = False
    is_reverse_charge: bool = False
    is_self_invoiced: bool = False
    is_tax_claimed: bool = False
    is_operators_tax: bool = False
    is_without_gst: bool = False
    is_distributed: bool = False
    is_brought_forward: bool = False
    wants_irn: bool = False
    is_outside_einvoicing: bool = False
    is_no_supply: bool = False
    challan_purpose: str | None = None

    @property
    def leaves_tax_out(self) -> bool:
        """Whether the other side owes the value alone."""
        return self.is_reverse_charge or self.is_tax_claimed or self.is_operators_tax

    @property
    def is_under_lut(self) -> bool:
        """Whether it is an export, or a supply to an SEZ, without payment of tax."""
        return (self.is_export or self.is_sez) and not self.is_with_payment


def nature_of(material: Material) -> Nature:
    """Return what a document is. A supply outside India or to an SEZ is zero-rated, so it is never an exempt one."""
    head, issuer = material.head, material.around.issuer
    registration = issuer.registration
    is_sale = material.kind.side is Side.SALE
    treatment = GstTreatment(head.gst_treatment)
    is_export = is_sale and head.place_of_supply == OVERSEAS
    is_sez = is_sale and treatment is GstTreatment.SEZ
    taxable = [line.tax_category == TaxCategory.TAXABLE for line in material.lines]
    is_zero_rated = is_export or is_sez
    bears_nothing = bool(taxable) and not any(taxable) and not is_zero_rated
    return Nature(
        is_registered=registration.is_registered,
        is_composition=registration is RegistrationType.COMPOSITION,
        is_buyer_registered=treatment.is_registered,
        bears_nothing=bears_nothing,
        is_mixed=any(taxable) and not all(taxable) and not is_zero_rated,
        is_goods=any(map(is_goods, material.lines)),
        is_export=is_export,
        is_sez=is_sez,
        is_with_payment=head.is_export_with_payment,
        is_deemed_export=is_sale and treatment is GstTreatment.DEEMED_EXPORT,
        is_reverse_charge=head.is_reverse_charge,
        is_self_invoiced=material.kind.writes_self_invoices
        and needs_self_invoice(treatment, is_reverse_charge=head.is_reverse_charge),
        is_tax_claimed=head.is_export_tax_claimed,
        is_operators_tax=head.is_tax_paid_by_operator,
        is_without_gst=head.is_without_gst,
        is_distributed=head.is_isd_invoice,
        is_brought_forward=head.is_opening_balance,
        wants_irn=head.einvoice_status in _NOT_YET_REGISTERED and head.status not in (DRAFT, CANCELLED),
        is_outside_einvoicing=not bears_nothing and _is_let_off(material),
        is_no_supply=tells_of_no_supply(head, issuer.gst_no),
        challan_purpose=head.challan_purpose,
    )


def is_goods(line: Line) -> bool:
    """Whether a line is of goods: by its code or, without one, by its unit."""
    return not is_service(line.hsn_or_sac, line.unit_code)


def _is_let_off(material: Material) -> bool:
    """Whether who registers invoices need not register this one, or is an SEZ unit that else would have to."""
    head, issuer = material.head, material.around.issuer
    reason = why_not(
        head,
        [line.tax_category for line in material.lines],
        registration=issuer.registration,
        gst_no=issuer.gst_no,
        is_enabled=issuer.is_einvoicing_enabled,
    )
    if reason is NotRegistered.SWITCHED_OFF:
        is_unit = issuer.registration is RegistrationType.SEZ
        return is_unit and is_obliged(issuer.aggregate_turnover, head.dated_on)
    return reason is NotRegistered.CONSUMER
