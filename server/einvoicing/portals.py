"""The portals of this installation: the one of its settings for live books, the simulated one for sandboxes."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from adapters.einvoice_portal import EinvoicePortal, NicPortal
from adapters.eway_portal import EwayPortal, NicEwayPortal
from adapters.portal_calls import ANSWER_SECONDS, PortalCalls
from adapters.portal_signatures import keys_in
from server.settings import Settings
from server.simulator import keys as simulated


class NoPortal(Exception):
    """This installation has no such portal, or not all that one must know of it; the message says what is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """A portal with its half for e-way bills, the keys that it signs with, and who we are to it."""

    portal: EinvoicePortal
    eway: EwayPortal
    keys: Sequence[RSAPublicKey]
    client_id: str
    client_secret: str


class Portals:
    """Makes each portal at first need, for the event loop that asks it."""

    def __init__(self, settings: Settings, *, answer_seconds: float = ANSWER_SECONDS) -> None:
        self._settings = settings
        self._seconds = answer_seconds
        self._live: Access | None = None
        self._simulated: Access | None = None

    def simulated(self) -> Access:
        """The simulated portal. Raises NoPortal."""
        if self._simulated is None:
            url = self._settings.portal_simulator_url
            if not url:
                raise NoPortal("FINZBOOKS_PORTAL_SIMULATOR_URL is not set, and this process was not started by serve.")
            calls = self._calls(url)
            self._simulated = Access(
                portal=NicPortal(calls, public_key=simulated.public_key()),
                eway=NicEwayPortal(calls),
                keys=keys_in(simulated.public_key()),
                client_id="simulated",
                client_secret="simulated",  # noqa: S106  # opens nothing
            )
        return self._simulated

    def live(self) -> Access:
        """The portal of the settings. Raises NoPortal."""
        if self._live is None:
            settings = self._settings
            needed = {
                "FINZBOOKS_EINVOICE_URL": settings.einvoice_url,
                "FINZBOOKS_EINVOICE_CLIENT_ID": settings.einvoice_client_id,
                "FINZBOOKS_EINVOICE_CLIENT_SECRET": settings.einvoice_client_secret,
                "FINZBOOKS_EINVOICE_PUBLIC_KEY_FILE": settings.einvoice_public_key_file,
                "FINZBOOKS_EINVOICE_CERTIFICATES_FILE": settings.einvoice_certificates_file,
            }
            missing = [name for name, value in needed.items() if not value]
            if missing:
                raise NoPortal(f"This installation has no e-invoice portal: {', '.join(missing)} is not set.")
            calls = self._calls(settings.einvoice_url)
            self._live = Access(
                portal=NicPortal(calls, public_key=_read(settings.einvoice_public_key_file)),
                eway=NicEwayPortal(calls),
                keys=_keys(settings.einvoice_certificates_file),
                client_id=settings.einvoice_client_id,
                client_secret=settings.einvoice_client_secret,
            )
        return self._live

    def _calls(self, url: str) -> PortalCalls:
        return PortalCalls(url, answer_seconds=self._seconds)


def _keys(path: str) -> list[RSAPublicKey]:
    try:
        return keys_in(_read(path))
    except ValueError as fault:
        raise NoPortal(f"{path} holds no certificates of the portal: {fault}.") from None


def _read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as fault:
        raise NoPortal(f"{path} cannot be read: {fault.strerror}.") from None
