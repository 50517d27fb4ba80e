"""Branches as JSON: three members are parts of others, shown and said by themselves too."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from domain.errors import Failed, Refusal
from handlers.shapes.shape import TIMES, Shape, same
from models.organization import branches

_PARTS: Mapping[str, tuple[str, str]] = {
    "city": ("address", "city"),
    "invoice_prefix": ("prefixes", "invoice"),
    "bill_prefix": ("prefixes", "bill"),
}
"""Of each such member the one that it is a part of, and what it is called in there."""

BRANCH = Shape(
    branches,
    {
        "branch_id": "id",
        "code": "code",
        "name": "branch_name",
        "is_default": "is_primary",
        "gstin": "gst_no",
        "state": "state_code",
        **{name: branches.c[column][part].astext for name, (column, part) in _PARTS.items()},
        **same(
            "address",
            "phone",
            "email",
            "signatory_name",
            "declaration",
            "terms",
            "footer",
            "bank_details",
            "default_template",
            "accent_colour",
            "is_upi_qr_printed",
            "logo",
            "signature",
            "is_einvoicing_enabled",
            "prefixes",
            "series",
            "is_active",
        ),
        **TIMES,
    },
)


def branch_said(body: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a body. Raises Failed where a part is said twice, and differently."""
    values = BRANCH.values(body)
    for name in _PARTS.keys() & body.keys():
        column, part = _PARTS[name]
        whole = values.get(column) or {}
        if whole.get(part, body[name]) != body[name]:
            raise Failed(f"{name} is another than {column}.{part}; one of them is enough.", field=name)
        values[column] = {**whole, part: body[name]}
    return values


@contextmanager
def as_said(body: Mapping[str, Any]) -> Iterator[None]:
    """Let a refusal of a part name it as the body does."""
    try:
        yield
    except Refusal as refusal:
        named = {".".join(whole): name for name, whole in _PARTS.items() if name in body}
        refusal.field = named.get(refusal.field or "", refusal.field)
        raise
