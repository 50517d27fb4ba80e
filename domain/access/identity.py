"""Who is calling: what a verified token says about its bearer."""

from datetime import datetime

from domain.values import Struct


class Identity(Struct, frozen=True):
    """The bearer of a token.

    ``organization_id`` is ``None`` for a token bound to a user with several organizations, who names one on each call.
    ``expires_at`` is ``None`` for a token that lives until it is revoked. ``client_id`` is the OAuth client that acts
    for the user and ``grant_id`` what it was allowed, ``None`` for a personal access token.
    """

    token_id: str
    kind: str
    user_id: str
    organization_id: str | None
    scopes: frozenset[str]
    tier: str
    calls_per_minute: int
    expires_at: datetime | None
    is_sandbox: bool
    client_id: str | None = None
    grant_id: str | None = None

    @property
    def subject(self) -> str:
        """Whose calls these are, whichever token they bring: the user's, or those of a client that acts for it."""
        return self.user_id if self.client_id is None else f"{self.user_id} {self.client_id}"

    @property
    def counted_as(self) -> str:
        """Under what its calls are counted, and what says whether it is still good: all tokens of a grant are one."""
        return self.token_id if self.grant_id is None else self.grant_id
