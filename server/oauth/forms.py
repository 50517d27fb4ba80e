"""Forms as browsers and apps send them, ``application/x-www-form-urlencoded``, and queries: each name at most once."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.types import Receive

from domain.access.oauth.refusals import Refused
from server.edge.arrival import BodyLimits, read_body

_TYPE = b"application/x-www-form-urlencoded"
_LIMITS = BodyLimits(size_bytes=32 * 1024, seconds=10)
_MOST_FIELDS = 50
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


async def read_form(receive: Receive, headers: Mapping[bytes, bytes]) -> dict[str, str]:
    """Return the fields of a form. Raises Refused (``invalid_request``), TooLarge, or BodyLate.

    A field without a value counts as not sent (RFC 6749, 3.2).
    """
    if headers.get(b"content-type", b"").partition(b";")[0].strip().lower() != _TYPE:
        raise Refused("invalid_request", "Send the parameters as application/x-www-form-urlencoded.")
    return fields_of(await read_body(receive, headers, _LIMITS))


def fields_of(text: bytes) -> dict[str, str]:
    """Return the fields of a form or a query. Raises Refused (``invalid_request``)."""
    try:
        pairs = parse_qsl(
            text.decode("ascii"), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict", separator="&"
        )
    except ValueError:
        raise Refused("invalid_request", "The parameters cannot be read: too many, or no UTF-8.") from None
    fields: dict[str, str] = {}
    for name, value in pairs:
        if _CONTROL.search(name) or _CONTROL.search(value):
            raise Refused("invalid_request", "A parameter has control characters in it.")
        if name in fields:
            raise Refused("invalid_request", f"{_shown(name)} was sent more than once.")
        fields[name] = value
    return {name: value for name, value in fields.items() if value}


def needed(fields: Mapping[str, str], name: str) -> str:
    """Return a field that must be there. Raises Refused (``invalid_request``)."""
    value = fields.get(name)
    if value is None:
        raise Refused("invalid_request", f"{name} is missing.")
    return value


def _shown(name: str) -> str:
    return "".join(each for each in name if (each.isascii() and each.isalnum()) or each == "_")[:40] or "A parameter"
