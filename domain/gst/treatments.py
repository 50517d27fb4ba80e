"""How GST looks on a party, and how the organization itself is registered."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from domain.errors import Failed, Required
from domain.gst.gstin import Gstin, GstinKind


class GstTreatment(StrEnum):
    """How GST looks on a customer or vendor; copied onto every document and frozen there."""

    REGISTERED = "REGISTERED"
    COMPOSITION = "COMPOSITION"
    UNREGISTERED = "UNREGISTERED"
    CONSUMER = "CONSUMER"
    OVERSEAS = "OVERSEAS"
    SEZ = "SEZ"
    DEEMED_EXPORT = "DEEMED_EXPORT"
    UIN = "UIN"
    TAX_DEDUCTOR = "TAX_DEDUCTOR"
    TAX_COLLECTOR = "TAX_COLLECTOR"

    @property
    def is_registered(self) -> bool:
        """Whether the party holds a number under GST, and so counts as B2B in the returns."""
        return bool(_FITTING_KINDS[self])

    @property
    def gstin_kinds(self) -> frozenset[GstinKind]:
        """The kinds of GSTIN that fit; none for a party that has no GSTIN."""
        return _FITTING_KINDS[self]


_FITTING_KINDS: Mapping[GstTreatment, frozenset[GstinKind]] = {
    GstTreatment.REGISTERED: frozenset(
        {GstinKind.REGULAR, GstinKind.GOVERNMENT, GstinKind.NON_RESIDENT, GstinKind.OIDAR}
    ),
    GstTreatment.COMPOSITION: frozenset({GstinKind.REGULAR}),
    GstTreatment.UNREGISTERED: frozenset(),
    GstTreatment.CONSUMER: frozenset(),
    GstTreatment.OVERSEAS: frozenset(),
    GstTreatment.SEZ: frozenset({GstinKind.REGULAR}),
    GstTreatment.DEEMED_EXPORT: frozenset({GstinKind.REGULAR}),
    GstTreatment.UIN: frozenset({GstinKind.UIN}),
    GstTreatment.TAX_DEDUCTOR: frozenset({GstinKind.TAX_DEDUCTOR}),
    GstTreatment.TAX_COLLECTOR: frozenset({GstinKind.TAX_COLLECTOR}),
}

_TREATMENT_OF_KIND: Mapping[GstinKind, GstTreatment] = {
    GstinKind.UIN: GstTreatment.UIN,
    GstinKind.TAX_DEDUCTOR: GstTreatment.TAX_DEDUCTOR,
    GstinKind.TAX_COLLECTOR: GstTreatment.TAX_COLLECTOR,
}

ZOHO_TREATMENTS: Mapping[str, GstTreatment] = MappingProxyType(
    {
        "business_gst": GstTreatment.REGISTERED,
        "business_registered_regular": GstTreatment.REGISTERED,
        "business_registered_composition": GstTreatment.COMPOSITION,
        "business_none": GstTreatment.UNREGISTERED,
        "consumer": GstTreatment.CONSUMER,
        "overseas": GstTreatment.OVERSEAS,
        "business_sez": GstTreatment.SEZ,
        "sez_developer": GstTreatment.SEZ,
        "deemed_export": GstTreatment.DEEMED_EXPORT,
        "tax_deductor": GstTreatment.TAX_DEDUCTOR,
    }
)
"""The words Zoho Books uses, for those who bring their books from there."""


class RegistrationType(StrEnum):
    """How the organization itself is registered."""

    REGULAR = "REGULAR"
    COMPOSITION = "COMPOSITION"
    UNREGISTERED = "UNREGISTERED"
    SEZ = "SEZ"

    @property
    def is_registered(self) -> bool:
        """Whether the organization holds a GSTIN."""
        return self is not RegistrationType.UNREGISTERED

    @property
    def charges_tax(self) -> bool:
        """Whether it may collect GST. Source: CGST Act 2017, sections 10(4) and 32."""
        return self in (RegistrationType.REGULAR, RegistrationType.SEZ)


def propose_treatment(gstin: Gstin | None) -> GstTreatment:
    """Return the treatment to assume where none is given: what the number shows, and a consumer without one."""
    if gstin is None:
        return GstTreatment.CONSUMER
    return _TREATMENT_OF_KIND.get(gstin.kind, GstTreatment.REGISTERED)


def following_treatment(treatment: GstTreatment, gstin: Gstin) -> GstTreatment:
    """Return the treatment of a party that is given this number: what it was, or if that fits not, what it shows."""
    return treatment if gstin.kind in treatment.gstin_kinds else propose_treatment(gstin)


def check_gstin_fits(treatment: GstTreatment, gstin: Gstin | None, *, field: str | None = None) -> None:
    """Check that a party of this treatment has the GSTIN it needs, or none; ``field`` is that of the GSTIN.

    Raises Required when a GSTIN is needed and there is none, Failed when the GSTIN is of another kind or the party
    should have none.
    """
    if gstin is None:
        if treatment.is_registered:
            raise Required(f"A party of treatment {treatment} needs a GSTIN.", field=field)
    elif not treatment.is_registered:
        raise Failed(f"A party of treatment {treatment} has no GSTIN, but {gstin.number} is given.", field=field)
    elif gstin.kind not in treatment.gstin_kinds:
        raise Failed(f"{gstin.number} is a number of kind {gstin.kind}, which is not for {treatment}.", field=field)
