"""Entity tags: ``"<version>-<hash of the body>"`` on every single resource, and the two headers that compare them."""

import re

from xxhash import xxh3_64_hexdigest

from domain.errors import Invalid

_TAG_LIST = re.compile(rb'\s*(?:,\s*)*(?:(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"\s*(?:,\s*|$))+')
_TAG = re.compile(rb'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
_VERSION = re.compile(rb"([0-9]{1,18})(?:-[0-9a-f]{16})?")
_MAX_TAGS_LENGTH = 4096


def etag_of(version: int, payload: bytes) -> bytes:
    """Return the strong tag of an envelope with one resource of this version."""
    return b'"%d-%s"' % (version, xxh3_64_hexdigest(payload).encode())


def is_unchanged(if_none_match: bytes, etag: bytes) -> bool:
    """Tell whether the caller's copy is still good (RFC 9110, 13.1.2: weak comparison, a list, or ``*``)."""
    if if_none_match.strip() == b"*":
        return True
    return etag.removeprefix(b"W/")[1:-1] in [opaque for _, opaque in _TAG.findall(if_none_match)]


def parse_if_match(header: bytes | None) -> frozenset[int] | None:
    """Return the versions that ``If-Match`` admits; ``None`` means that any will do.

    A weak tag counts like the strong one: it is that of the same version, compressed by us or by a proxy, and what
    is compared is the version, not bytes. A tag that is not one of ours matches nothing, so the set may be empty.
    Raises Invalid for a header that is no list of tags.
    """
    if header is None or header.strip() == b"*":
        return None
    if len(header) > _MAX_TAGS_LENGTH or not _TAG_LIST.fullmatch(header):
        raise Invalid('If-Match must be a list of entity tags such as "3-0f2a…", or *.', field="If-Match")
    opaques = (opaque for _, opaque in _TAG.findall(header))
    return frozenset(int(found[1]) for opaque in opaques if (found := _VERSION.fullmatch(opaque)))
