"""Which addresses and URLs may be called at the wish of strangers: the open Internet's, and never those behind us.

The networks are those of IANA's registries of special-purpose addresses (RFC 6890 and its heirs). Of IPv6 only global
unicast is reached, and nothing that wraps an IPv4 address: mapped, NAT64, 6to4, Teredo.
"""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from urllib.parse import SplitResult, urlsplit

import idna

Address = IPv4Address | IPv6Address

LONGEST_URL = 2000

_NETWORKS: tuple[tuple[str, str], ...] = (
    ("0.0.0.0/8", "no address of a host"),
    ("10.0.0.0/8", "private"),
    ("100.64.0.0/10", "shared by a carrier's customers"),
    ("127.0.0.0/8", "loopback"),
    ("168.63.129.16/32", "a cloud's own service"),
    ("169.254.0.0/16", "link-local"),
    ("172.16.0.0/12", "private"),
    ("192.0.0.0/24", "reserved"),
    ("192.0.2.0/24", "for documentation"),
    ("192.88.99.0/24", "a relay's"),
    ("192.168.0.0/16", "private"),
    ("198.18.0.0/15", "for benchmarks"),
    ("198.51.100.0/24", "for documentation"),
    ("203.0.113.0/24", "for documentation"),
    ("224.0.0.0/4", "multicast"),
    ("240.0.0.0/4", "reserved"),
    ("::/128", "no address of a host"),
    ("::1/128", "loopback"),
    ("::ffff:0:0/96", "an IPv4 address in another form"),
    ("::/96", "an IPv4 address in another form"),
    ("64:ff9b::/96", "an IPv4 address in another form"),
    ("64:ff9b:1::/48", "an IPv4 address in another form"),
    ("2002::/16", "an IPv4 address in another form"),
    ("2001::/32", "an IPv4 address in another form"),
    ("2001::/23", "reserved"),
    ("2001:db8::/32", "for documentation"),
    ("3fff::/20", "for documentation"),
    ("fc00::/7", "private"),
    ("fe80::/10", "link-local"),
    ("fec0::/10", "private"),
    ("ff00::/8", "multicast"),
)
"""What is not reached, and why; the first that holds an address names it."""

_FORBIDDEN: tuple[tuple[IPv4Network | IPv6Network, str], ...] = tuple(
    (ip_network(network), why) for network, why in _NETWORKS
)
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_INSIDE = (".local", ".internal", ".localdomain", ".home.arpa", ".lan", ".intranet", ".onion")
_DEFAULT_PORTS = {"https": 443, "http": 80}
_PRINTABLE = re.compile(r"[!-\[\]-~]*", re.ASCII)  # no space, no control character, no backslash
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)
_LONGEST_NAME = 253


class UrlRefused(ValueError):
    """A URL that is not called; the message is a sentence that says why."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a URL leads to: ``host`` in small ASCII letters, or an address without brackets; ``path`` with its query."""

    scheme: str
    host: str
    port: int
    path: str
    address: Address | None
    """Where the URL names one instead of a host."""

    @property
    def authority(self) -> str:
        """Host and port as they stand in a URL and in ``Host``."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def is_this_machine(self) -> bool:
        """Whether it is named as this very machine, so that nothing has to be looked up."""
        return self.host == "localhost" or self.host.endswith(".localhost")


def why_forbidden(address: Address) -> str | None:
    """Return in a word or two why an address is not reached, or None for one of the open Internet."""
    for network, why in _FORBIDDEN:
        if address.version == network.version and address in network:
            return why
    if isinstance(address, IPv6Address) and address not in _GLOBAL_UNICAST:
        return "reserved"
    return None


def checked_url(url: str, *, is_insecure_allowed: bool = False) -> str:
    """Return a URL in its usual form, as it is called. Raises UrlRefused.

    ``is_insecure_allowed`` admits this machine, over ``http`` too. Nothing is looked up: that a name leads to the open
    Internet is checked whenever it is called.
    """
    target = target_of(url, is_insecure_allowed=is_insecure_allowed)
    return f"{target.scheme}://{target.authority}{target.path}"


def target_of(url: str, *, is_insecure_allowed: bool = False) -> Target:
    """Take a URL apart. Raises UrlRefused for one that is not called."""
    parts, port = _split(url)
    host, address = _host_in(parts)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    target = Target(parts.scheme, host, port or _DEFAULT_PORTS[parts.scheme], path, address)
    is_loopback = target.is_this_machine or (address is not None and address.is_loopback)
    if is_loopback and is_insecure_allowed:
        return target
    if parts.scheme != "https":
        raise UrlRefused("The URL must begin with https://.")
    if is_loopback:
        raise UrlRefused("The URL leads to this very machine.")
    _check_is_outside(host, address)
    return target


def _split(url: str) -> tuple[SplitResult, int | None]:
    if len(url) > LONGEST_URL:
        raise UrlRefused(f"The URL is longer than {LONGEST_URL} characters.")
    if any(character.isspace() or not character.isprintable() or character == "\\" for character in url):
        raise UrlRefused("The URL has a space, a backslash or a control character in it.")
    try:
        parts, port = urlsplit(url), urlsplit(url).port
    except ValueError:
        raise UrlRefused("This is no URL: its host or its port cannot be read.") from None
    if parts.scheme not in _DEFAULT_PORTS:
        raise UrlRefused("The URL must begin with https://.")
    if "@" in parts.netloc:
        raise UrlRefused("The URL must not hold a name or a password.")
    if "#" in url:
        raise UrlRefused("The URL must not hold a fragment (#).")
    if port == 0 or not _PRINTABLE.fullmatch(parts.path + parts.query):
        raise UrlRefused("Its port is 0." if port == 0 else "Letters beyond ASCII stand percent-encoded in a path.")
    return parts, port


def _host_in(parts: SplitResult) -> tuple[str, Address | None]:
    """Return the host in its usual form, and the address that it is, if it is one."""
    host = parts.hostname or ""
    if ":" in host or "[" in parts.netloc:
        try:
            address = IPv6Address(host)
        except ValueError:
            address = None
        if address is None or address.scope_id is not None:
            raise UrlRefused("The IPv6 address in the URL cannot be read.")
        return str(address), address
    name = _usual_name(host)
    if not _NUMBER.fullmatch(name.rpartition(".")[2]):
        return name, None
    try:
        return name, IPv4Address(name)
    except ValueError:
        raise UrlRefused("An IPv4 address is written as four decimal numbers, such as 198.51.100.7.") from None


def _usual_name(host: str) -> str:
    """Return a host's name in small ASCII letters (IDNA 2008, UTS 46), without the dot that may end it."""
    try:
        name = host.lower() if host.isascii() else idna.encode(host, uts46=True, std3_rules=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        raise UrlRefused("The host in the URL is no name that can be looked up.") from None
    name = name.removesuffix(".")
    if len(name) > _LONGEST_NAME or not all(_LABEL.fullmatch(label) for label in name.split(".")):
        raise UrlRefused("The host in the URL is no name that can be looked up.")
    return name


def _check_is_outside(host: str, address: Address | None) -> None:
    if address is not None:
        if why := why_forbidden(address):
            raise UrlRefused(f"The address in the URL is not on the open Internet: it is {why}.")
    elif "." not in host or host.endswith(_INSIDE):
        raise UrlRefused("The host in the URL is a name inside a network, not one of the open Internet.")
