"""Why input tax credit is reversed, whether it can come back, and in which table of GSTR-3B each movement stands.

Source: CGST Act 2017, sections 16(2) and 17(5); CGST Rules 2017, rules 37, 37A, 38, 42 and 43; circular 170/02/2022
(permanent reversals stand in table 4(B)(1), others in 4(B)(2), what is reclaimed of them in 4(A)(5) and 4(D)(1)).
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from domain.values import Struct

HEADS = ("igst_amount", "cgst_amount", "sgst_amount", "cess_amount")
"""The heads of tax, in the order of the returns."""


class ReversalReason(StrEnum):
    """The rule that asks for a reversal."""

    SECTION_16_2 = "SECTION_16_2"
    SECTION_17_5 = "SECTION_17_5"
    RULE_37 = "RULE_37"
    RULE_37A = "RULE_37A"
    RULE_38 = "RULE_38"
    RULE_42 = "RULE_42"
    RULE_43 = "RULE_43"
    OTHER = "OTHER"


class ReversalFacts(Struct, frozen=True):
    """What follows from a reason.

    ``title`` is what people call it; ``table`` shows a reversal in GSTR-3B, ``reclaim_table`` what came back of it, and
    is ``None`` where nothing can.
    """

    title: str
    table: str
    reclaim_table: str | None

    @property
    def is_permanent(self) -> bool:
        """Whether the credit is lost for good."""
        return self.reclaim_table is None


def _lost(title: str) -> ReversalFacts:
    return ReversalFacts(title, "4(B)(1)", None)


def _to_come_back(title: str) -> ReversalFacts:
    return ReversalFacts(title, "4(B)(2)", "4(D)(1)")


REVERSALS: Mapping[ReversalReason, ReversalFacts] = MappingProxyType(
    {
        ReversalReason.SECTION_16_2: _to_come_back("goods or services not received, or tax not paid (section 16(2))"),
        ReversalReason.SECTION_17_5: _lost("blocked credit (section 17(5))"),
        ReversalReason.RULE_37: _to_come_back("not paid within 180 days (rule 37)"),
        ReversalReason.RULE_37A: _to_come_back("the supplier has not filed GSTR-3B (rule 37A)"),
        ReversalReason.RULE_38: _lost("half of the credit of a bank (rule 38)"),
        ReversalReason.RULE_42: _lost("inputs for exempt or other use (rule 42)"),
        ReversalReason.RULE_43: _lost("capital goods for exempt or other use (rule 43)"),
        ReversalReason.OTHER: _to_come_back("another reversal that can be reclaimed"),
    }
)
"""What follows from each reason."""
