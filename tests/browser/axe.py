"""What axe-core finds wrong with a page: the rules of WCAG 2.2, levels A and AA, that a program can check."""

from typing import Any

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

_RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


async def faults_of(page: Page) -> list[str]:
    """Return what is wrong with the page as it is shown now: the rule, and each place that breaks it."""
    found: dict[str, Any] = (await Axe().run(page, options=_RULES)).response
    assert found["passes"], "axe has looked at something"
    return [
        f"{rule['id']}: {rule['help']} ({' '.join(map(str, node['target']))})"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]
