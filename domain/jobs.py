"""Jobs: work that a change asks for, to be done after it has committed, and only if it has."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work: the task's name, its arguments, and the moment before which it is not begun."""

    name: str
    arguments: Mapping[str, str]
    not_before: datetime
