"""How goods move with each kind of document, as data on the kind's row: which way, why, and under which paper.

Source: FORM GST EWB-01; NIC's master codes of the e-way bill API, and its table of which purposes go with which papers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from domain.errors import Failed


class Purpose(StrEnum):
    """Why goods move: the portal's sub-supply types."""

    SUPPLY = "SUPPLY"
    IMPORT = "IMPORT"
    EXPORT = "EXPORT"
    JOB_WORK = "JOB_WORK"
    OWN_USE = "OWN_USE"
    JOB_WORK_RETURNS = "JOB_WORK_RETURNS"
    SALES_RETURN = "SALES_RETURN"
    OTHERS = "OTHERS"
    KNOCKED_DOWN = "KNOCKED_DOWN"
    LINE_SALES = "LINE_SALES"
    RECIPIENT_NOT_KNOWN = "RECIPIENT_NOT_KNOWN"
    EXHIBITION = "EXHIBITION"

    @property
    def code(self) -> str:
        """The portal's number of it."""
        return str(list(Purpose).index(self) + 1)

    @property
    def stays_with_us(self) -> bool:
        """Whether the goods are still ours where they arrive, so that our own GSTIN is that of the recipient, too."""
        return self in _STAYING


_STAYING = frozenset({Purpose.OWN_USE, Purpose.LINE_SALES, Purpose.RECIPIENT_NOT_KNOWN, Purpose.EXHIBITION})


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """How goods move with one kind of document.

    ``is_inward``: they come to us, from the party that the document names. ``purposes`` are what a caller may choose
    from, the first is the usual one; ``abroad`` is that of a party outside India (``None``: goods from there move under
    their bill of entry), ``to_oneself`` that of goods sent to the same registration, ``by_challan`` those of the
    purposes of a delivery challan. ``paper`` is the portal's word for the document, where it is not an invoice or a
    bill of supply as its lines are taxed or not. Goods move with ``reasons`` of a note only (the portal's words for
    them), with all where there are none. ``description`` says what OTHERS means. ``is_vendors_paper``: the number under
    which the goods travel is that of the other side's paper.
    """

    purposes: tuple[Purpose, ...]
    is_inward: bool = False
    abroad: Purpose | None = None
    to_oneself: Purpose | None = None
    by_challan: Mapping[str, Purpose] = field(default_factory=dict, hash=False)
    paper: str | None = None
    reasons: frozenset[str] = frozenset()
    description: str | None = None
    is_vendors_paper: bool = False

    def purpose(
        self, asked: Purpose | None, *, is_abroad: bool, is_to_oneself: bool, challan_purpose: str | None
    ) -> Purpose:
        """Return why the goods move: as ``asked``, or as the document says.

        Raises: Failed for a purpose that goods of such a document do not have.
        """
        proposed = self._proposed(is_abroad=is_abroad, is_to_oneself=is_to_oneself, challan_purpose=challan_purpose)
        chosen = asked or proposed
        allowed = {proposed} if is_abroad else {*self.purposes, proposed}
        if chosen not in allowed:
            words = ", ".join(sorted(allowed))
            raise Failed(f"Goods of such a document do not move for {chosen}, only for {words}.", field="purpose")
        return chosen

    def _proposed(self, *, is_abroad: bool, is_to_oneself: bool, challan_purpose: str | None) -> Purpose:
        if is_abroad:
            if self.abroad is None:
                raise Failed("Goods from abroad move under their bill of entry, and are not of this document.")
            return self.abroad
        if is_to_oneself and self.to_oneself is not None:
            return self.to_oneself
        return self.by_challan.get(challan_purpose or "", self.purposes[0])


SOLD = Movement(purposes=(Purpose.SUPPLY, Purpose.KNOCKED_DOWN), abroad=Purpose.EXPORT)
"""Goods of an invoice."""
SENT = Movement(
    purposes=(
        Purpose.OTHERS,
        Purpose.JOB_WORK,
        Purpose.OWN_USE,
        Purpose.KNOCKED_DOWN,
        Purpose.LINE_SALES,
        Purpose.RECIPIENT_NOT_KNOWN,
        Purpose.EXHIBITION,
    ),
    abroad=Purpose.OTHERS,
    to_oneself=Purpose.OWN_USE,
    by_challan={"JOB_WORK": Purpose.JOB_WORK},
    paper="CHL",
    description="Delivery challan",
)
"""Goods that leave on a delivery challan (CGST Rules, rule 55)."""
RETURNED_TO_US = Movement(
    purposes=(Purpose.SALES_RETURN,), is_inward=True, paper="CHL", reasons=frozenset({"SALES_RETURN"})
)
"""Goods that a customer sends back against a credit note."""
BOUGHT = Movement(purposes=(Purpose.SUPPLY, Purpose.KNOCKED_DOWN), is_inward=True, is_vendors_paper=True)
"""Goods of a bill: the buyer is taken to move what comes from a vendor without registration (rule 138(3))."""
RETURNED_BY_US = Movement(
    purposes=(Purpose.OTHERS,),
    abroad=Purpose.OTHERS,
    paper="OTH",
    reasons=frozenset({"SALES_RETURN"}),
    description="Purchase return",
)
"""Goods that go back to a vendor against a debit note."""
