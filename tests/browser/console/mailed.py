"""The links that the demo's server mails to people."""

from dataclasses import replace
from pathlib import Path

from server.jobs.link_mails import send_due
from server.mail.post import link_maker
from server.sealing import Sealer
from tests.browser.conftest import Demo
from tests.server.mail_servers import mail_server
from tests.server.test_console_links import link_in
from tests.server.test_mailing import a_post


async def mailed_link(demo: Demo, address: str, folder: Path) -> str:
    """Send what is due through a real mail server, and return the link that this address got."""
    with mail_server() as box:
        post = replace(
            a_post(box.mailer(), folder), address_of_link=link_maker("http://localhost", Sealer(demo.settings))
        )
        await send_due(demo.url, post)
        (received,) = [each for each in box.received if each.recipients == [address]]
    texts = [part for part in received.message.walk() if part.get_content_type() == "text/plain"]
    return demo.worker.url + link_in(texts[0].get_content())
