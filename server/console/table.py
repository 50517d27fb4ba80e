"""All pages of the console, in the order in which the navigation has them."""

from server.console import (
    account,
    appearance,
    books,
    closing,
    dashboard,
    founding,
    joining,
    people,
    reports,
    safety,
    second_factor,
    settings,
    signing,
    trying_out,
)
from server.console.developer import apps, calls, deliveries, tokens, webhooks
from server.console.pages import Page

PAGES: tuple[Page, ...] = (
    *signing.PAGES,
    *dashboard.PAGES,
    *reports.PAGES,
    *books.PAGES,
    *settings.PAGES,
    *appearance.PAGES,
    *closing.PAGES,
    *joining.PAGES,
    *people.PAGES,
    *tokens.PAGES,
    *apps.PAGES,
    *webhooks.PAGES,
    *deliveries.PAGES,
    *calls.PAGES,
    *founding.PAGES,
    *account.PAGES,
    *second_factor.PAGES,
    *safety.PAGES,
    *trying_out.PAGES,
)
