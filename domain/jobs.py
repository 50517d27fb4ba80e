"""Jobs: work that a change asks for, to be done after it has committed, and only if it has."""

from collections.abc import Mapping
from datetime import datetime

from domain.values import Struct


class Job(Struct, frozen=True):
    """One piece of work: the task's name, its arguments, and the moment before which it is not begun."""

    name: str
    arguments: Mapping[str, str]
    not_before: datetime
