"""What answers are made of: objects with typed attributes, which keep what they do not know."""

import datetime as dt
import inspect
import os
import types
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar, Generic, Self, TypeVar, Union, get_args, get_origin, get_type_hints

Row = TypeVar("Row")
_Convert = Callable[[Any], Any]


class Meta:
    """What was said of an answer beside its body."""

    def __init__(self, status: int, headers: Any) -> None:
        self.status = status
        self.headers = headers
        self.request_id: str = headers.get("X-Request-Id", "")
        """Tell this when you ask for help."""
        self.etag: str | None = headers.get("ETag")
        """Send it as ``if_none_match``, or as ``if_match``."""
        self.is_replayed: bool = headers.get("Idempotent-Replayed") == "true"
        """Whether this is the answer to an earlier call with the same idempotency key."""


class Model:
    """A JSON object. Members that this version does not know are attributes as well, and stand in ``to_dict``."""

    _names: ClassVar[dict[str, str]] = {}
    """Attributes whose names are words of Python, by the names of their members."""

    _taken: ClassVar[frozenset[str]] = frozenset(("to_dict",))
    """Our own names; a member that had one of them would stand in ``to_dict`` alone."""

    _meta: Meta | None = None

    def __init__(self, members: dict[str, Any]) -> None:
        converters, names = _converters(type(self)), self._names
        self._members = members
        for name, value in members.items():
            convert = converters.get(name)
            attribute = names.get(name, name)
            if attribute.startswith("_") or attribute in self._taken:
                continue
            self.__dict__[attribute] = value if convert is None or value is None else convert(value)

    def to_dict(self) -> dict[str, Any]:
        """Return the object as it came: all its members, amounts exact."""
        return self._members

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.to_dict() == self._members

    __hash__ = None  # type: ignore[assignment]  # equal by content, which may be changed

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.__dict__.items() if name[0] != "_")
        return f"{type(self).__name__}({shown})"


class Page(Model, Generic[Row]):
    """One page of a list, or of the rows of a report; iterating goes on through all further pages."""

    _taken: ClassVar[frozenset[str]] = frozenset(("to_dict", "rows", "next_cursor", "next_page", "next_page_async"))
    _rows: ClassVar[tuple[str, ...]]
    _place: ClassVar[str] = "page_context"
    _more: Callable[[str], Any] | None = None

    @property
    def rows(self) -> list[Row]:
        """The rows of this page alone."""
        at: Any = self
        for name in self._rows:
            at = getattr(at, name)
        found: list[Row] = at
        return found

    @property
    def next_cursor(self) -> str | None:
        """Where the next page begins; None on the last one."""
        context = self._members.get(self._place, {})
        cursor: str | None = context.get("next_cursor")
        return cursor if context.get("has_more_page", True) else None

    def next_page(self) -> Self | None:
        """Fetch the next page; None after the last one."""
        cursor = self.next_cursor
        coming: Any = self._more(cursor) if cursor and self._more else None
        if inspect.iscoroutine(coming):
            coming.close()
            raise TypeError("This page came from an AsyncFinzBooks: use `async for`.")
        page: Self | None = coming
        return page

    async def next_page_async(self) -> Self | None:
        """Fetch the next page with an ``AsyncFinzBooks``; None after the last one."""
        cursor = self.next_cursor
        coming: Awaitable[Self] | None = self._more(cursor) if cursor and self._more else None
        return await coming if coming is not None else None

    def __iter__(self) -> Iterator[Row]:
        page: Page[Row] | None = self
        while page is not None:
            yield from page.rows
            page = page.next_page()

    async def __aiter__(self) -> AsyncIterator[Row]:
        page: Page[Row] | None = self
        while page is not None:
            for row in page.rows:
                yield row
            page = await page.next_page_async()


class File:
    """Bytes that were answered: a PDF, a workbook, a picture."""

    def __init__(self, content: bytes, content_type: str, filename: str | None) -> None:
        self.content = content
        self.content_type = content_type
        self.filename = filename
        """The name under which the server would have it saved."""

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it into a file."""
        Path(path).write_bytes(self.content)


def meta(answer: Model) -> Meta | None:
    """Return what was said of an answer beside its body; None for an object inside an answer."""
    return answer._meta


_KNOWN: dict[type[Model], dict[str, _Convert]] = {}


def _converters(model: type[Model]) -> dict[str, _Convert]:
    """Return how values become typed, by the names of members; a model's annotations are read once."""
    if model not in _KNOWN:
        members = {attribute: name for name, attribute in model._names.items()}
        hints = get_type_hints(model)
        found = {members.get(name, name): _converter(hint) for name, hint in hints.items() if name[0] != "_"}
        _KNOWN[model] = {name: convert for name, convert in found.items() if convert is not None}
    return _KNOWN[model]


def _converter(hint: Any) -> _Convert | None:
    """Return what turns JSON into a type; None where it stays as it is."""
    if get_origin(hint) in (Union, types.UnionType):
        inner = [_converter(each) for each in get_args(hint) if each is not type(None)]
        return inner[0] if len(inner) == 1 else None
    if get_origin(hint) in (list, dict):
        each = _converter(get_args(hint)[-1])
        return None if each is None else _all_of(each)
    if isinstance(hint, type) and issubclass(hint, Model):
        return lambda value: hint(value) if isinstance(value, dict) else value
    return _SCALARS.get(hint) if isinstance(hint, type) else None


def _all_of(convert: _Convert) -> _Convert:
    def convert_all(value: Any) -> Any:
        if isinstance(value, list):
            return [each if each is None else convert(each) for each in value]
        if isinstance(value, dict):
            return {name: each if each is None else convert(each) for name, each in value.items()}
        return value

    return convert_all


def _decimal(value: Any) -> Any:
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _day(value: Any) -> Any:
    return _read(dt.date.fromisoformat, value)


def _instant(value: Any) -> Any:
    return _read(dt.datetime.fromisoformat, value)


def _read(read: Callable[[str], Any], value: Any) -> Any:
    """Read a text; what cannot be read is kept as it came."""
    try:
        return read(value) if isinstance(value, str) else value
    except ValueError:
        return value


_SCALARS: dict[type, _Convert] = {Decimal: _decimal, dt.date: _day, dt.datetime: _instant}
