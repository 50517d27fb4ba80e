"""Why credit and debit notes are issued: the reasons that the GST portal knows, and what a buyer calls them.

Source: GSTR-1 offline tool, reasons for issuing a note (until 2019 a field of the return, kept as a classification).
"""

from collections.abc import Mapping
from types import MappingProxyType

OTHERS = "OTHERS"
SUPPLIERS_REASONS: Mapping[str, str] = MappingProxyType(
    {
        reason: reason
        for reason in (
            "SALES_RETURN",
            "POST_SALE_DISCOUNT",
            "DEFICIENCY_IN_SERVICES",
            "CORRECTION_IN_INVOICE",
            "CHANGE_IN_POS",
            "FINALISATION_OF_PROVISIONAL_ASSESSMENT",
            OTHERS,
        )
    }
)
"""The reasons of who sold, each the portal's own word."""
BUYERS_REASONS: Mapping[str, str] = MappingProxyType(
    {
        **SUPPLIERS_REASONS,
        "PURCHASE_RETURN": "SALES_RETURN",
        "POST_PURCHASE_DISCOUNT": "POST_SALE_DISCOUNT",
        "CORRECTION_IN_BILL": "CORRECTION_IN_INVOICE",
    }
)
"""The reasons of who bought, by the portal's word; the last one of each is the buyer's own."""

REASONS_TO_CHARGE_MORE: Mapping[str, str] = MappingProxyType(
    {
        "VALUE_CHARGED_SHORT": "CORRECTION_IN_INVOICE",
        "TAX_CHARGED_SHORT": "CORRECTION_IN_INVOICE",
        **{
            reason: reason
            for reason in (
                "CORRECTION_IN_INVOICE",
                "CHANGE_IN_POS",
                "FINALISATION_OF_PROVISIONAL_ASSESSMENT",
                OTHERS,
            )
        },
    }
)
"""The reasons of who charges a customer more than the invoice did (CGST Act 2017, section 34(3)): goods that come back
and discounts are none. The portal's own words stay as they are."""


def reason_of(said: str | None, reasons: Mapping[str, str]) -> tuple[str, str]:
    """Return the reason of a note in the words of its kind, and the portal's word for it.

    What is said in the portal's words is put into those of the kind, what is said in the latter stays; of what is none
    of these, and free text, the portal knows OTHERS.
    """
    if said is None:
        return OTHERS, OTHERS
    portal = reasons.get(said)
    if portal is None:
        return said, OTHERS
    if said != portal:
        return said, portal
    own = [reason for reason, word in reasons.items() if word == portal]
    return own[-1], portal
