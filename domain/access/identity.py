"""Who is calling: what a verified token says about its bearer."""

from datetime import datetime

from domain.access import roles
from domain.values import Struct, replace


class Identity(Struct, frozen=True):
    """The bearer of a token.

    ``organization_id`` is ``None`` for a token bound to a user with several organizations, who names one on each call.
    ``expires_at`` is ``None`` for a token that lives until it is revoked. ``client_id`` is the OAuth client that acts
    for the user and ``grant_id`` what it was allowed, ``None`` for a personal access token. ``scopes`` are those of the
    token until it is known which ``role`` its user has in the organization that is called; from then on they are what
    that role allows of those ``given``.
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
    role: str | None = None
    given: frozenset[str] | None = None

    @property
    def subject(self) -> str:
        """Whose calls these are, whichever token they bring: the user's, or those of a client that acts for it."""
        return self.user_id if self.client_id is None else f"{self.user_id} {self.client_id}"

    @property
    def counted_as(self) -> str:
        """Under what its calls are counted, and what says whether it is still good: all tokens of a grant are one."""
        return self.token_id if self.grant_id is None else self.grant_id

    def in_role(self, role: str) -> "Identity":
        """The same bearer where the user has this role."""
        if role == self.role:
            return self
        given = self.scopes if self.given is None else self.given
        return replace(self, role=role, scopes=roles.within(given, role), given=given)

    def need(self, scopes: tuple[str, ...]) -> None:
        """Check what a call asks for. Raises Forbidden."""
        roles.check(scopes, scopes=self.scopes, role=self.role)
