"""The token that makes the call."""

from typing import Any

from domain.access.identity import Identity
from handlers.replies import Reply, shown


async def whoami(identity: Identity) -> Reply:
    """Show what the token may do, for whom and until when."""
    return shown("token", _told(identity))


def _told(identity: Identity) -> dict[str, Any]:
    return {
        "token_id": identity.token_id,
        "kind": identity.kind,
        "org_id": identity.organization_id,
        "user_id": identity.user_id,
        "role": identity.role,
        "scopes": sorted(identity.scopes),
        "tier": identity.tier,
        "expires_at": identity.expires_at,
    }
