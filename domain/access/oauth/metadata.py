"""What apps find out by themselves: where to ask for what (RFC 8414), and whose tokens open the API (RFC 9728)."""

from typing import Any

from domain.access.scopes import ALL_SCOPES, RESOURCES

API = "/api/public/v1"
MCP = "/mcp"
"""Where agents call; their tokens are those of the API."""

AUTHORIZE, TOKEN, REVOKE, INTROSPECT = "/oauth/authorize", "/oauth/token", "/oauth/revoke", "/oauth/introspect"
REPORT = "/oauth/report"
"""Where anybody reports a token that was found in public; no part of OAuth, so metadata does not name it."""

SERVER_METADATA = "/.well-known/oauth-authorization-server"
RESOURCE_METADATA = "/.well-known/oauth-protected-resource"

_WITH_SECRET = ["client_secret_basic", "client_secret_post"]


def authorization_server(issuer: str) -> dict[str, Any]:
    """Return the metadata of the authorization server whose address is ``issuer``."""
    return {
        "issuer": issuer,
        "authorization_endpoint": issuer + AUTHORIZE,
        "token_endpoint": issuer + TOKEN,
        "revocation_endpoint": issuer + REVOKE,
        "introspection_endpoint": issuer + INTROSPECT,
        "scopes_supported": sorted(ALL_SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_methods_supported": [*_WITH_SECRET, "none"],
        "revocation_endpoint_auth_methods_supported": [*_WITH_SECRET, "none"],
        "introspection_endpoint_auth_methods_supported": _WITH_SECRET,
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        "client_id_metadata_document_supported": True,
        "service_documentation": issuer + "/docs/guides/oauth",
    }


def protected_resource(issuer: str, path: str = "") -> dict[str, Any]:
    """Return the metadata of what is at ``path``. The scopes are what an app may begin with that is told of none."""
    return {
        "resource": issuer + path,
        "authorization_servers": [issuer],
        "scopes_supported": [f"AIBooks.{resource}.READ" for resource in RESOURCES],
        "bearer_methods_supported": ["header"],
        "resource_name": "FinzBooks",
        "resource_documentation": issuer + "/docs/reference",
    }


def resource_metadata_url(issuer: str, path: str = API) -> str:
    """Return where the metadata of what is at ``path`` are, as its challenges say."""
    return issuer + RESOURCE_METADATA + path


def known_resource(issuer: str, resource: str) -> str | None:
    """Return the name of what an app wants tokens for (RFC 8707), without a slash at the end; ``None`` for others'."""
    named = resource.removesuffix("/")
    return named if named in (issuer, issuer + API, issuer + MCP) else None
