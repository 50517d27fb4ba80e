"""How money was paid, as JSON."""

_ALSO_TAKEN = {"BANK_TRANSFER": "BANK"}


def mode_said(mode: str) -> str:
    """The mode that the books keep for one that a caller sends: BANK_TRANSFER is taken as BANK."""
    return _ALSO_TAKEN.get(mode, mode)
