"""What a start with the demo does and says: provides the demo organization, and tells how to call it."""

import asyncio
from pathlib import Path

from server import desk
from server.demo import provision
from server.settings import Settings


def provide(settings: Settings) -> None:
    """Make sure that the demo organization and its token are there, and tell what was new."""
    assert settings.database_url, "the demo is written into a database that is at hand"
    demo = asyncio.run(provision.provide(settings, settings.database_url))
    if demo.is_new:
        desk.say("Founded the demo organization, with a few months of books.")
    elif demo.new_token:
        desk.say(
            f"{_shown(provision.env_file(settings))} held no good token for the demo organization of this database, "
            "so a new one was minted. The earlier ones work on; 'finzbooks token list' shows them."
        )


def tell(settings: Settings) -> None:
    """Print the token and a call that works."""
    token, url = provision.kept_token(settings), provision.api_url(settings)
    desk.say(f"The demo's token, kept in {_shown(provision.env_file(settings))}:")
    desk.say(f"  {token}")
    desk.say("List its invoices:")
    desk.say(f"  curl -s -H 'Authorization: Bearer {token}' '{url}/invoices?per_page=5'")
    desk.say("Try every operation in the browser:")
    desk.say(f"  {settings.public_url}/docs/console#token={token}")
    email, password = provision.kept_sign_in(settings)
    desk.say(f"Or sign in as its owner at {settings.public_url}/console:")
    desk.say(f"  {email}, password {password}")


def _shown(file: Path) -> Path:
    """The file as a person at this place would name it."""
    here = Path.cwd()
    return file.relative_to(here) if file.is_relative_to(here) else file
