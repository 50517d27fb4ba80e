"""What the portal refuses or asks about, as a value: which document, line and field, by which rule, what to do."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from domain.values import Struct

Checked = TypeVar("Checked")


class Severity(StrEnum):
    """Whether the portal takes the return with it: refused, or taken and asked about."""

    REFUSED = "REFUSED"
    QUERIED = "QUERIED"


class Fault(Struct, frozen=True):
    """What a check has found: in words, with the contract's field, and the line (from 1) where it is of one."""

    message: str
    field: str | None = None
    line: int | None = None


class Finding(Struct, frozen=True, kw_only=True):
    """A fault with its rule. ``document_…`` are None where it is of no document alone."""

    code: str
    severity: Severity
    message: str
    rule: str
    remedy: str
    document_id: str | None = None
    document_type: str | None = None
    document_number: str | None = None
    line: int | None = None
    field: str | None = None


@dataclass(frozen=True)
class Check(Generic[Checked]):
    """A check: what it is called, how grave it is, the rule with its source, what to do, and what finds the faults."""

    code: str
    severity: Severity
    rule: str
    remedy: str
    find: Callable[[Checked], Iterator[Fault]]

    def finding(
        self,
        fault: Fault,
        *,
        document_id: str | None = None,
        document_type: str | None = None,
        number: str | None = None,
    ) -> Finding:
        """A fault that it has found, told with its rule."""
        return Finding(
            code=self.code,
            severity=self.severity,
            message=fault.message,
            rule=self.rule,
            remedy=self.remedy,
            document_id=document_id,
            document_type=document_type,
            document_number=number,
            line=fault.line,
            field=fault.field,
        )
