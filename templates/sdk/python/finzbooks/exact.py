"""JSON in which amounts stay exact: a number with a fraction is a Decimal on its way in and out, never a float."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any


def parse(text: str | bytes) -> Any:
    """Return what JSON says."""
    return json.loads(text, parse_float=Decimal)


def written(value: object) -> str:
    """Write a value as JSON; raises TypeError for a float, because ``0.1 + 0.2`` is no amount of money."""
    if isinstance(value, float):
        raise TypeError(f"{value!r} is a float, which is not exact. Write Decimal('{value!r}').")
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError(f"{value} is no number that can be sent.")
        return f"{value:f}"
    if isinstance(value, Mapping):
        members = (f"{json.dumps(str(name))}:{written(each)}" for name, each in value.items())
        return "{" + ",".join(members) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return "[" + ",".join(map(written, value)) + "]"
    return json.dumps(as_text(value), ensure_ascii=False)


def as_text(value: object) -> object:
    """Return a day or an instant as the API writes it, and anything else as it is. An instant needs its zone."""
    if isinstance(value, dt.datetime):
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone: say datetime.now(UTC) and the like.")
        return value.isoformat()
    return value.isoformat() if isinstance(value, dt.date) else value
