"""What the HTML of a mail may hold: text and its looks, tables, links to follow; nothing that acts or loads."""

import re

import nh3

from domain.errors import Invalid

_TAGS = {
    *("a", "b", "blockquote", "br", "caption", "code", "div", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i"),
    *("li", "ol", "p", "pre", "s", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th"),
    *("thead", "tr", "u", "ul"),
}
_ATTRIBUTES = {
    "*": {"align", "dir", "lang", "style", "valign"},
    "a": {"href", "title"},
    "ol": {"start"},
    "table": {"border", "cellpadding", "cellspacing", "width"},
    "td": {"colspan", "rowspan", "width"},
    "th": {"colspan", "rowspan", "width"},
}
_STYLES = {
    *("background-color", "border", "border-bottom", "border-collapse", "border-color", "border-left", "border-right"),
    *("border-style", "border-top", "border-width", "color", "direction", "font-family", "font-size", "font-style"),
    *("font-weight", "height", "line-height", "margin", "margin-bottom", "margin-left", "margin-right", "margin-top"),
    *("padding", "padding-bottom", "padding-left", "padding-right", "padding-top", "text-align", "text-decoration"),
    *("vertical-align", "white-space", "width"),
}
_SCHEMES = {"http", "https", "mailto", "tel"}
_LOADS = re.compile(r"url\s*\(|image-set\s*\(|expression\s*\(|@import|\\", re.IGNORECASE)
"""What would load or run something out of a style; a backslash could write any of it in other letters."""
_LEADS_OUT = re.compile(r"(?:https?|mailto|tel):", re.IGNORECASE)
"""A mail has no address of its own that a link could be relative to."""
_TAG = re.compile(r"<[^>]*>")
_BREAKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
"""Breaks of lines and turns of direction, in all their forms."""
LONGEST_LINE = 500


def _kept(_: str, attribute: str, value: str) -> str | None:
    """The value of an attribute, or nothing where it would load something, or lead nowhere."""
    if attribute == "href":
        return value if _LEADS_OUT.match(value.strip()) else None
    return None if attribute == "style" and _LOADS.search(value) else value


def clean(html: str, *, field: str) -> str:
    """Return HTML without all that is not allowed. Raises Invalid where nothing is left to read."""
    cleaned = nh3.clean(
        html,
        tags=_TAGS,
        clean_content_tags={"script", "style", "title", "template", "noscript"},
        attributes=_ATTRIBUTES,
        attribute_filter=_kept,
        url_schemes=_SCHEMES,
        filter_style_properties=_STYLES,
        link_rel="noopener noreferrer",
        strip_comments=True,
    )
    if not _TAG.sub("", cleaned).replace("&nbsp;", "").strip():
        raise Invalid("Nothing is left of the text once what is not allowed in it is taken out.", field=field)
    return cleaned


def one_line(text: str) -> str:
    """Return a text without line breaks and other marks that no header may hold, as long as a subject may be."""
    return _BREAKS.sub(" ", text).strip()[:LONGEST_LINE]
