"""Delivery challans that tell of no supply: goods leave and stay ours, so that no tax is charged on them."""

from domain.documents.document import Document

_NO_SUPPLY_YET = frozenset({"JOB_WORK", "SUPPLY_ON_APPROVAL"})


def tells_of_no_supply(head: Document, our_gst_no: str | None) -> bool:
    """Whether a document is a challan whose goods are not supplied to the consignee.

    Goods for job work or on approval are not, nor are those that go to another place of the same registration.
    Source: CGST Act 2017, sections 143, 31(7) and 25(4); CGST Rules, rule 55(1)(vii), which asks for rate and amount of
    tax only "where the transportation is for supply to the consignee".
    """
    if head.challan_purpose is None:
        return False
    return head.challan_purpose in _NO_SUPPLY_YET or (head.gst_no is not None and head.gst_no == our_gst_no)


def is_charged(head: Document, our_gst_no: str | None) -> bool:
    """Whether a document charges the tax that it tells of: the recipient or an operator may owe it, or nobody."""
    is_owed_elsewhere = head.is_reverse_charge or head.is_tax_paid_by_operator
    return not (is_owed_elsewhere or tells_of_no_supply(head, our_gst_no))
