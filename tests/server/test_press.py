"""How a caller is told that there is no PDF: none installed, too many at once, too slow, or one that cannot be made."""

import pytest

from adapters.pdf import RendererAway, RendererBusy, RendererSlow, RenderFailed
from domain.errors import Unavailable
from server.printing.press import told_why


@pytest.mark.parametrize(
    ("reason", "words", "headers"),
    [
        (RendererAway("Install wkhtmltopdf."), "Install wkhtmltopdf.", {}),
        (RendererBusy("Too many pages are rendered."), "Too many pages are rendered. Try again.", {"Retry-After": "3"}),
        (RendererSlow("It took 10 s."), "It took 10 s. Try again.", {"Retry-After": "3"}),
        (RenderFailed("exit 139"), "The renderer made no PDF of this page; tell us the request_id.", {}),
    ],
)
def test_the_contract_s_503_says_what_is_the_matter(reason: RenderFailed, words: str, headers: dict[str, str]) -> None:
    def fail() -> None:
        with told_why():
            raise reason

    with pytest.raises(Unavailable) as told:
        fail()

    assert (told.value.status, told.value.code, told.value.message) == (503, "server.unavailable", words)
    assert told.value.headers == headers
