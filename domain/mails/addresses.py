"""Addresses of mails: those that a mail server takes, in letters that every one of them reads."""

import re
from collections.abc import Mapping, Sequence

import idna

from domain.errors import Invalid
from domain.mails.mail import Recipient

MOST_RECIPIENTS = 50
"""Amazon SES takes no more in one mail."""

ROLES = {"to": "TO", "cc": "CC", "bcc": "BCC"}
"""The contract's names of the lists, and what their recipients are called; the first that names an address has it."""

_LONGEST_LOCAL = 64
_LONGEST = 254
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*", re.ASCII)


def usual_form(address: str, *, field: str) -> str:
    """Return an address with its domain in small ASCII letters (IDNA 2008). Raises Invalid for what is none."""
    local, at, domain = address.strip().rpartition("@")
    usual = f"{local}@{_usual_domain(domain)}"
    if not at or not _LOCAL.fullmatch(local) or len(local) > _LONGEST_LOCAL or usual.endswith("@"):
        raise Invalid(f"'{address}' is no e-mail address that can be sent to.", field=field)
    if len(usual) > _LONGEST:
        raise Invalid(f"'{address}' is longer than {_LONGEST} characters.", field=field)
    return usual


def _usual_domain(domain: str) -> str:
    """The domain in ASCII, or nothing for what is none: it has a dot at least, and is no number of an address."""
    try:
        encoded = idna.encode(domain, uts46=True, std3_rules=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        return ""
    last = encoded.rpartition(".")[2]
    return encoded if "." in encoded and not encoded.endswith(".") and not last.isdecimal() else ""


def recipients_of(said: Mapping[str, Sequence[str]]) -> list[Recipient]:
    """Return the recipients of the lists ``to``, ``cc`` and ``bcc``, each address once, in the order of the lists.

    Raises Invalid for an address that is none, and for more than ``MOST_RECIPIENTS``.
    """
    found: dict[str, Recipient] = {}
    for name, role in ROLES.items():
        for index, address in enumerate(said.get(name, ())):
            usual = usual_form(address, field=f"{name}[{index}]")
            found.setdefault(usual.lower(), Recipient(email=usual, role=role))
    if len(found) > MOST_RECIPIENTS:
        raise Invalid(f"A mail goes to {MOST_RECIPIENTS} recipients at most, not to {len(found)}.", field="to")
    return list(found.values())
