"""All pages of the console, in the order in which the navigation has them."""

from server.console import account, books, dashboard, founding, joining, people, reports, safety, second_factor, signing
from server.console.developer import apps, calls, deliveries, tokens, webhooks
from server.console.pages import Page

PAGES: tuple[Page, ...] = (
    *signing.PAGES,
    *dashboard.PAGES,
    *reports.PAGES,
    *books.PAGES,
    *tokens.PAGES,
    *apps.PAGES,
    *webhooks.PAGES,
    *deliveries.PAGES,
    *calls.PAGES,
    *joining.PAGES,
    *people.PAGES,
    *founding.PAGES,
    *account.PAGES,
    *second_factor.PAGES,
    *safety.PAGES,
)
