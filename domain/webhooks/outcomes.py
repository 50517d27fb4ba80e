"""What becomes of a delivery after an attempt, and of its endpoint: the schedule of retries, and when to give up."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from domain.values import Struct

PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    *(timedelta(hours=hours) for hours in (2, 5, 10, 14, 20, 24)),
)
"""After each attempt that failed; after one more it is given up."""

MOST_JITTER = 100
"""Up to so many thousandths are added to a pause, so that what failed together does not come back together."""

LONGEST_WISH = timedelta(hours=24)
"""How long an endpoint may ask us to stay away."""

OFF_AFTER = timedelta(days=5)
"""After so long without a success an endpoint is switched off."""

_LONGEST_REST = timedelta(seconds=60)
_REST_SHARE = 10
_IS_OVER = PAUSES[-1] * 2
"""Failures so far apart have nothing to do with each other: while anything is retried, they are closer."""

_GONE = 410
_TOO_BUSY = (429, 503)


class DeliveryStatus(StrEnum):
    """Where a delivery is."""

    PENDING = "PENDING"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class Answered(Struct, frozen=True, kw_only=True):
    """How an attempt went: the status of the answer, absent where none came; how long the endpoint wants to be left."""

    response_status: int | None
    retry_after: timedelta | None = None

    @property
    def is_taken(self) -> bool:
        """Whether the endpoint has taken what was sent."""
        return self.response_status is not None and 200 <= self.response_status < 300

    @property
    def is_gone(self) -> bool:
        """Whether the endpoint says that it is there no more."""
        return self.response_status == _GONE

    @property
    def wish(self) -> timedelta:
        """For how long it wants to be left alone, no time if it does not say so."""
        if self.response_status not in _TOO_BUSY or self.retry_after is None:
            return timedelta(0)
        return min(max(self.retry_after, timedelta(0)), LONGEST_WISH)


class Verdict(Struct, frozen=True):
    """What becomes of a delivery; ``next_at`` where it is tried again."""

    status: str
    next_at: datetime | None = None


class Trouble(Struct, frozen=True):
    """Since when an endpoint fails, when it did last, and until when it is left alone."""

    failing_since: datetime | None = None
    last_failed_at: datetime | None = None
    paused_until: datetime | None = None


def verdict(answered: Answered, *, failure_count: int, is_test: bool, now: datetime, jitter: int) -> Verdict:
    """Return what becomes of a delivery that had failed ``failure_count`` times before; a test is tried once.

    ``jitter`` is a number of thousandths.
    """
    if answered.is_taken:
        return Verdict(DeliveryStatus.DELIVERED.value)
    if answered.is_gone or is_test or failure_count >= len(PAUSES):
        return Verdict(DeliveryStatus.FAILED.value)
    pause = PAUSES[failure_count]
    return Verdict(DeliveryStatus.PENDING.value, now + max(pause + pause * jitter / 1000, answered.wish))


def after(before: Trouble, answers: Sequence[Answered], *, now: datetime) -> Trouble:
    """Return the trouble that an endpoint is in after these answers: one success ends it.

    It is left alone for a tenth of the time for which it has failed, a minute at most, or as long as it wishes of that
    minute: what waits for a dead one takes no time from the others.
    """
    if not answers:
        return before
    if any(each.is_taken for each in answers):
        return Trouble()
    is_going_on = before.last_failed_at is not None and now - before.last_failed_at < _IS_OVER
    since = before.failing_since if is_going_on and before.failing_since is not None else now
    rest = max((now - since) / _REST_SHARE, *(each.wish for each in answers))
    return Trouble(since, now, now + min(rest, _LONGEST_REST))


def is_given_up(trouble: Trouble) -> bool:
    """Whether an endpoint has failed for so long that it is switched off."""
    since, last = trouble.failing_since, trouble.last_failed_at
    return since is not None and last is not None and last - since >= OFF_AFTER
