"""Two people at one form: which version it goes by, and what is told to whoever comes second."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

from jinja2 import Environment

from domain.errors import Refusal, VersionMismatch


class Shown(Protocol):
    """A field of a form, as far as it matters here; ``options`` are values with their words."""

    @property
    def name(self) -> str:
        """The member, ``a.b`` for one inside another."""

    @property
    def label(self) -> str:
        """What it is called."""

    @property
    def options(self) -> Sequence[tuple[str, str]]:
        """Among which is chosen, if that is so."""


def add_globals(environment: Environment) -> None:
    """Let templates ask."""
    environment.globals |= {"is_mismatch": is_mismatch, "version_of": version_of, "theirs": theirs}


def is_mismatch(refusal: Refusal | None) -> bool:
    """Say whether somebody else has changed what a form was shown of."""
    return refusal is not None and refusal.code == VersionMismatch.code


def version_of(stored: Mapping[str, Any], refusal: Refusal | None, said: int | None) -> int:
    """Return the version by which a form goes that is shown, or shown again.

    After another refusal it goes by the version ``said`` at first: what changed meanwhile has not been told yet.
    """
    version: int = stored["version"]
    return version if refusal is None or said is None or is_mismatch(refusal) else said


def theirs(fields: Sequence[Shown], filled: Mapping[str, Any], stored: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """Return what is stored where something else is filled in, by the labels of the fields."""
    differing = []
    for field in fields:
        kept = inside(stored, field.name)
        if not _are_alike(kept, filled.get(field.name)):
            differing.append((field.label, dict(field.options).get(str(kept), _in_words(kept))))
    return differing


def inside(resource: Mapping[str, Any] | None, name: str) -> Any:
    """Return a member, ``a.b`` for one inside another."""
    value: Any = resource
    for part in name.split("."):
        value = value.get(part) if value else None
    return value


def _are_alike(kept: Any, filled: Any) -> bool:
    if isinstance(kept, Decimal | int) and not isinstance(kept, bool) and isinstance(filled, str):
        try:
            return Decimal(filled) == kept
        except InvalidOperation:
            return False
    return (kept or "") == (filled or "")


def _in_words(kept: Any) -> str:
    if isinstance(kept, bool):
        return "yes" if kept else "no"
    return str(kept) if kept not in (None, "") else "nothing"
