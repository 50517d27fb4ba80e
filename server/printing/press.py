"""What makes PDFs here, out of the settings, and how a caller is told that there is none."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from adapters.pdf import Renderer, RendererAway, RendererBusy, RendererSlow, RenderFailed, renderer_of
from domain.errors import Unavailable
from server.settings import Settings

_log = logging.getLogger(__name__)

WAIT_SECONDS = 10
"""How long a page waits until it is its turn; with the longest render it fits into the time of a request."""


def press_of(settings: Settings) -> Renderer:
    """Return the renderer of this process. Looks for an installed program, which takes a moment."""
    return renderer_of(
        settings.pdf_renderer,
        directory=settings.data_directory / "fonts",
        seconds=settings.pdf_timeout_seconds,
        wait_seconds=WAIT_SECONDS,
    )


@contextmanager
def told_why() -> Iterator[None]:
    """Tell why there is no PDF as the contract does."""
    try:
        yield
    except RendererAway as reason:
        raise Unavailable(str(reason)) from reason
    except (RendererBusy, RendererSlow) as reason:
        raise Unavailable(f"{reason} Try again.", headers={"Retry-After": "3"}) from reason
    except RenderFailed as reason:
        _log.error("A page was not rendered: %s", reason)
        raise Unavailable("The renderer made no PDF of this page; tell us the request_id.") from reason
