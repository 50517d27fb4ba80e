"""Which URLs an endpoint may have."""

from adapters.outbound_urls import UrlRefused, checked_url
from domain.errors import Invalid


def usual_form(url: str, *, is_insecure_allowed: bool, field: str = "url") -> str:
    """Return a URL as it is called. Raises Invalid for one that is not: see the client for everything outbound."""
    try:
        return checked_url(url, is_insecure_allowed=is_insecure_allowed)
    except UrlRefused as refused:
        raise Invalid(str(refused), field=field) from None
