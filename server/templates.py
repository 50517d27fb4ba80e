"""Jinja2 as all our pages are made by it: HTML escapes what people wrote; a name that is not there is a mistake."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

TEMPLATES = Path(__file__).parent.parent / "templates"


def html_environment(folder: str) -> Environment:
    """Return an environment for the templates in a folder."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES / folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def text_environment(folder: str) -> Environment:
    """Return an environment for the templates in a folder that are plain text, such as Markdown."""
    return html_environment(folder).overlay(autoescape=False)
