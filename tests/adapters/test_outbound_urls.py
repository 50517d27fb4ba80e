"""Every form of an address and of a URL that could lead behind the firewall, and those that may be called."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as some

from adapters.outbound_urls import UrlRefused, checked_url, target_of, why_forbidden
from domain.errors import Invalid
from domain.webhooks import urls

WRAPPED = "an IPv4 address in another form"

FORBIDDEN = {
    "0.0.0.0": "no address of a host",
    "0.1.2.3": "no address of a host",
    "10.0.0.1": "private",
    "10.255.255.255": "private",
    "100.64.0.1": "shared by a carrier's customers",
    "100.100.100.200": "shared by a carrier's customers",  # the metadata of a cloud
    "100.127.255.255": "shared by a carrier's customers",
    "127.0.0.1": "loopback",
    "127.255.255.254": "loopback",
    "168.63.129.16": "a cloud's own service",
    "169.254.169.254": "link-local",  # the metadata of most clouds
    "172.16.0.1": "private",
    "172.31.255.255": "private",
    "192.0.0.192": "reserved",
    "192.0.2.1": "for documentation",
    "192.88.99.1": "a relay's",
    "192.168.1.1": "private",
    "198.18.0.1": "for benchmarks",
    "198.19.255.255": "for benchmarks",
    "198.51.100.1": "for documentation",
    "203.0.113.9": "for documentation",
    "224.0.0.1": "multicast",
    "239.255.255.255": "multicast",
    "240.0.0.1": "reserved",
    "255.255.255.255": "reserved",
    "::": "no address of a host",
    "::1": "loopback",
    "::127.0.0.1": WRAPPED,
    "::8.8.8.8": WRAPPED,
    "::ffff:127.0.0.1": WRAPPED,
    "::ffff:8.8.8.8": WRAPPED,
    "::ffff:0:127.0.0.1": "reserved",
    "64:ff9b::7f00:1": WRAPPED,
    "64:ff9b::8.8.8.8": WRAPPED,
    "64:ff9b:1::a00:1": WRAPPED,
    "64:ff9b:1:ffff::1": WRAPPED,
    "100::1": "reserved",
    "2001::1": WRAPPED,
    "2001:0:4136:e378:8000:63bf:3fff:fdd2": WRAPPED,
    "2001:2::1": "reserved",
    "2001:20::1": "reserved",
    "2001:1ff::1": "reserved",
    "2001:db8::1": "for documentation",
    "2002:7f00:1::1": WRAPPED,
    "2002:808:808::1": WRAPPED,
    "3fff::1": "for documentation",
    "4000::1": "reserved",
    "5f00::1": "reserved",
    "fc00::1": "private",
    "fd00:ec2::254": "private",  # the metadata of a cloud
    "fe80::1": "link-local",
    "febf::1": "link-local",
    "fec0::1": "private",
    "ff02::1": "multicast",
}

PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.1",
    "100.63.255.255",
    "100.128.0.1",
    "126.255.255.255",
    "128.0.0.1",
    "169.253.255.255",
    "172.15.255.255",
    "172.32.0.1",
    "192.0.1.1",
    "192.167.255.255",
    "198.17.255.255",
    "198.20.0.1",
    "223.255.255.255",
    "2001:200::1",
    "2001:4860:4860::8888",
    "2400:cb00::1",
    "2606:4700::1111",
    "3ffe::1",
]


@pytest.mark.parametrize(("address", "why"), FORBIDDEN.items())
def test_what_is_not_on_the_open_internet_is_not_reached(address: str, why: str) -> None:
    assert why_forbidden(ip_address(address)) == why


@pytest.mark.parametrize("address", PUBLIC)
def test_the_open_internet_is_reached(address: str) -> None:
    assert why_forbidden(ip_address(address)) is None


@given(some.ip_addresses())
def test_python_knows_no_reserved_address_that_we_would_call(address: "object") -> None:
    """The other way round does not hold: we refuse more than Python's registry does."""
    known = ip_address(str(address))
    if why_forbidden(known) is None:
        assert known.is_global
        assert not known.is_multicast


@pytest.mark.parametrize("address", FORBIDDEN)
def test_no_url_names_a_forbidden_address(address: str) -> None:
    with pytest.raises(UrlRefused):
        checked_url(f"https://[{address}]/hook" if ":" in address else f"https://{address}/hook")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        # Loopback and the like in every spelling that some resolver takes
        ("https://2130706433/", "four decimal numbers"),
        ("https://0x7f000001/", "four decimal numbers"),
        ("https://0x7f.0.0.1/", "four decimal numbers"),
        ("https://0177.0.0.1/", "four decimal numbers"),
        ("https://017700000001/", "four decimal numbers"),
        ("https://127.1/", "four decimal numbers"),
        ("https://127.0.0.1.5/", "four decimal numbers"),
        ("https://127.0.0.0x1/", "four decimal numbers"),
        ("https://1.1.1.0x/", "four decimal numbers"),
        ("https://127.0.0.1./", "this very machine"),
        ("https://０x7f000001/", "four decimal numbers"),
        ("https://127。0。0。1/", "this very machine"),
        ("https://①②⑦.⓪.⓪.①/", "this very machine"),
        ("https://LOCALHOST/", "this very machine"),
        ("https://localhost./", "this very machine"),
        ("https://ＬＯＣＡＬＨＯＳＴ/", "this very machine"),
        ("https://a.localhost/", "this very machine"),
        ("https://[::1]/", "this very machine"),
        ("https://[0:0:0:0:0:0:0:1]/", "this very machine"),
        ("https://[::ffff:7f00:1]/", "another form"),
        ("https://[fe80::1%25eth0]/", "cannot be read"),
        ("https://[fe80::1%eth0]/", "cannot be read"),
        ("https://[::1/", "cannot be read"),
        ("https://[]/", "cannot be read"),
        ("https://[v1.x]/", "cannot be read"),
        ("https://::1/", "cannot be read"),
        # Names inside a network
        ("https://intranet/", "inside a network"),
        ("https://metadata.google.internal/", "inside a network"),
        ("https://printer.local/", "inside a network"),
        ("https://router.home.arpa/", "inside a network"),
        # What readers of URLs disagree about
        ("https://user:pass@example.in/", "name or a password"),
        ("https://example.in@127.0.0.1/", "name or a password"),
        ("https://@example.in/", "name or a password"),
        ("https://example.in\\@127.0.0.1/", "backslash"),
        ("https://example.in/\\evil", "backslash"),
        ("https://example.in/a b", "space"),
        ("https://exam\nple.in/", "control character"),
        ("https://example.in/\r\nX-Evil: 1", "control character"),
        (" https://example.in/", "space"),
        ("https://example.in/\x00", "control character"),
        ("https://example.in/\u202egnp", "control character"),
        ("https://example.in/#x", "fragment"),
        ("https://example.in/#", "fragment"),
        ("https://example.in:0/", "port is 0"),
        ("https://example.in:65536/", "cannot be read"),
        ("https://example.in:x/", "cannot be read"),
        ("https://example.in/é", "percent-encoded"),
        ("https://", "no name"),
        ("https:///path", "no name"),
        ("https://example..in/", "no name"),
        ("https://example.in../", "no name"),
        ("https://.example.in/", "no name"),
        ("https://-a.example.in/", "no name"),
        ("https://a_b.example.in/", "no name"),
        ("https://%31%32%37.0.0.1/", "no name"),
        ("https://127%2e0%2e0%2e1/", "no name"),
        ("https://ex ample.in/", "space"),
        ("https://xn--a\u0301.in/", "no name"),
        (f"https://{'a' * 64}.in/", "no name"),
        (f"https://{'a.' * 130}in/", "no name"),
        (f"https://example.in/{'a' * 2000}", "longer than 2000"),
        # Other schemes
        ("http://example.in/", "https://"),
        ("ftp://example.in/", "https://"),
        ("file:///etc/passwd", "https://"),
        ("gopher://example.in/", "https://"),
        ("javascript:alert(1)", "https://"),
        ("//example.in/", "https://"),
        ("example.in/hook", "https://"),
        ("", "https://"),
    ],
)
def test_a_url_that_is_not_called_is_refused_with_words(url: str, words: str) -> None:
    with pytest.raises(UrlRefused, match=words):
        checked_url(url)


@pytest.mark.parametrize(
    ("url", "usual"),
    [
        ("https://example.in", "https://example.in/"),
        ("HTTPS://Example.IN:443/Hook?a=B", "https://example.in/Hook?a=B"),
        ("https://example.in./", "https://example.in/"),
        ("https://example.in:8443/x", "https://example.in:8443/x"),
        ("https://example.in?x=1", "https://example.in/?x=1"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://भारत.example/", "https://xn--h2brj9c.example/"),
        ("https://xn--h2brj9c.example/", "https://xn--h2brj9c.example/"),
        ("https://r3---a.example.in/", "https://r3---a.example.in/"),
        ("https://8.8.8.8/", "https://8.8.8.8/"),
        ("https://[2606:4700:0::1111]:8443/", "https://[2606:4700::1111]:8443/"),
        ("https://1.example.in/", "https://1.example.in/"),
    ],
)
def test_a_url_has_one_usual_form(url: str, usual: str) -> None:
    assert checked_url(url) == usual
    assert checked_url(usual) == usual


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:3000/hook",
        "http://127.0.0.1:3000/",
        "https://localhost/",
        "http://[::1]:3000/",
        "http://x.localhost/",
    ],
)
def test_this_machine_is_called_only_where_that_is_allowed(url: str) -> None:
    assert checked_url(url, is_insecure_allowed=True) == url
    with pytest.raises(UrlRefused):
        checked_url(url)


@pytest.mark.parametrize("url", ["http://example.in/", "http://10.0.0.1/", "https://10.0.0.1/", "https://intranet/"])
def test_nothing_else_is_called_even_then(url: str) -> None:
    with pytest.raises(UrlRefused):
        checked_url(url, is_insecure_allowed=True)


@given(some.text(max_size=60).map("https://".__add__) | some.text(max_size=60))
def test_any_text_is_a_url_or_is_refused(text: str) -> None:
    try:
        usual = checked_url(text)
    except UrlRefused as refused:
        assert str(refused).endswith(".")
    else:
        assert usual.isascii()
        assert checked_url(usual) == usual
        assert not target_of(usual).is_this_machine


def test_a_refused_url_is_a_refusal_of_the_field() -> None:
    assert urls.usual_form("https://Example.in", is_insecure_allowed=False) == "https://example.in/"
    with pytest.raises(Invalid, match="this very machine") as refused:
        urls.usual_form("https://localhost", is_insecure_allowed=False)
    assert refused.value.field == "url"
