"""Settings of an organization: its particulars, branches, accounts and series, each a form of a resource of the API."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from domain.errors import Refusal
from domain.gst.states import STATES
from domain.organization import REGISTRATION_TYPES
from server.console.figures import words
from server.console.forms import Field, Options, body, filled, told
from server.console.inner import Members
from server.console.pages import Page
from server.console.paging import cursor_of, following
from server.console.visits import Visit

_AT = "/console/{organization}/settings"
HEADING = "Settings"


def options_of(names: Sequence[str]) -> Options:
    """Return words of the contract as they are offered."""
    return [(name, words(name)) for name in names]


STATE_OPTIONS: Options = sorted(((code, state.name) for code, state in STATES.items()), key=lambda each: each[1])
ADDRESS = (
    Field("address.address", "Street"),
    Field("address.street2", "Second line"),
    Field("address.city", "City"),
    Field("address.zip", "PIN code", longest=20),
    Field("address.state_code", "State", "choice", STATE_OPTIONS, nothing="not said"),
)
BANK = (
    Field("bank_details.bank_name", "Bank"),
    Field("bank_details.account_name", "Account holder"),
    Field("bank_details.account_number", "Account number", longest=34),
    Field("bank_details.ifsc", "IFSC", longest=11),
    Field("bank_details.upi_id", "UPI id", longest=255),
)
ORGANIZATION = (
    Field("name", "Name", required=True),
    Field("legal_name", "Legal name"),
    Field("gst_no", "GSTIN", longest=15),
    Field("pan", "PAN", longest=10),
    Field("registration_type", "Registration", "choice", options_of(REGISTRATION_TYPES), required=True),
    *ADDRESS,
    Field(
        "aggregate_turnover",
        "Turnover of the last financial year",
        "number",
        hint="In rupees; it decides on HSN digits.",
    ),
    Field("lut_number", "Number of the LUT", hint="For exports without payment of tax."),
    Field("lut_valid_until", "LUT is valid until", "date"),
    Field("is_round_off_enabled", "Round totals to whole rupees", "tick"),
    Field(
        "credit_limit_action",
        "Beyond a customer's credit limit",
        "choice",
        options_of(("WARN", "REFUSE")),
        required=True,
    ),
)
BRANCH = (
    Field("name", "Name", required=True),
    Field("code", "Code", hint="Short, for lists and prefixes.", longest=10),
    Field("gstin", "GSTIN", longest=15),
    Field("state", "State", "choice", STATE_OPTIONS, nothing="that of the GSTIN, or of the organization"),
    *ADDRESS,
    Field("phone", "Telephone", longest=30),
    Field("email", "E-mail", "email", longest=254),
    Field("is_default", "New documents are of this branch unless they name one", "tick"),
    Field("is_einvoicing_enabled", "Register its invoices as e-invoices", "tick"),
    Field("is_active", "New documents may be of it", "tick", of_kept=True),
)
ACCOUNT_TYPES = (
    *("CASH", "BANK", "ACCOUNTS_RECEIVABLE", "STOCK", "OTHER_CURRENT_ASSET", "FIXED_ASSET", "OTHER_ASSET"),
    *(
        "ACCOUNTS_PAYABLE",
        "OTHER_CURRENT_LIABILITY",
        "LONG_TERM_LIABILITY",
        "EQUITY",
        "SALES",
        "INCOME",
        "OTHER_INCOME",
    ),
    *("COST_OF_GOODS_SOLD", "EXPENSE", "OTHER_EXPENSE"),
)
ACCOUNT = (
    Field("code", "Code", required=True, longest=20),
    Field("name", "Name", required=True),
    Field("account_type", "Type", "choice", options_of(ACCOUNT_TYPES), required=True),
    Field("description", "Description", "area", longest=500),
    Field("is_active", "New entries may name it", "tick", of_kept=True),
)


@dataclass(frozen=True, slots=True)
class Register:
    """Resources that are listed, added and changed; ``columns`` are label and member; ``paged``: the list has pages."""

    collection: str
    one: str
    title: str
    singular: str
    columns: Sequence[tuple[str, str]]
    fields: Sequence[Field]
    paged: bool = False

    async def listing(self, visit: Visit) -> Response:
        """List them."""
        asked: dict[str, Any] = {"per_page": 200, "cursor": visit.query.get("cursor")} if self.paged else {}
        answer = await visit.get(f"/{self.collection}", **asked)
        rows = answer[self.collection]
        return visit.page(
            "register.html",
            register=self,
            rows=rows,
            states=dict(STATE_OPTIONS),
            following=following({}, cursor_of(answer)),
        )

    async def new(self, visit: Visit) -> Response:
        """Ask for a new one."""
        return self._form(visit, told(self._of_new, {}))

    async def add(self, visit: Visit) -> Response:
        """Add what was filled in."""
        try:
            await visit.send("POST", f"/{self.collection}", body(visit, self._of_new, without_nothing=True))
        except Refusal as refusal:
            return self._form(visit, filled(visit, self._of_new), refusal=refusal)
        return visit.go(self.base(visit), "saved")

    async def edit(self, visit: Visit) -> Response:
        """Show one as it is."""
        found = await self.found(visit)
        return self._form(visit, told(self.fields, found), found=found)

    async def change(self, visit: Visit) -> Response:
        """Change one, unless somebody else has changed it since it was shown."""
        key = visit.path["key"]
        try:
            await visit.send("PUT", f"/{self.collection}/{key}", body(visit, self.fields), version=visit.version())
        except Refusal as refusal:
            found = await self.found(visit)
            return self._form(visit, filled(visit, self.fields), found=found, refusal=refusal)
        return visit.go(self.base(visit), "saved")

    @property
    def _of_new(self) -> Sequence[Field]:
        return tuple(each for each in self.fields if not each.of_kept)

    def base(self, visit: Visit) -> str:
        """Return where they are listed."""
        return f"{visit.base}/settings/{self.collection}"

    async def found(self, visit: Visit) -> Any:
        """Return the one that the path names. Raises NotFound."""
        return (await visit.get(f"/{self.collection}/{visit.path['key']}"))[self.one]

    def _form(self, visit: Visit, values: Any, *, found: Any = None, refusal: Refusal | None = None) -> Response:
        fields = self._of_new if found is None else self.fields
        return visit.page("resource.html", register=self, fields=fields, values=values, found=found, refusal=refusal)

    def pages(self) -> tuple[Page, ...]:
        """Return their pages."""
        at = f"{_AT}/{self.collection}"
        return (
            Page(at, self.listing, heading=HEADING, label=self.title),
            Page(f"{at}/new", self.new, self.add),
            Page(f"{at}/{{key}}", self.edit, self.change),
        )


BRANCHES = Register(
    "branches",
    "branch",
    "Branches",
    "a branch",
    (("Name", "name"), ("GSTIN", "gstin"), ("State", "state"), ("City", "city")),
    BRANCH,
)
ACCOUNTS = Register(
    "accounts",
    "account",
    "Accounts",
    "an account",
    (("Code", "code"), ("Name", "name"), ("Type", "account_type")),
    ACCOUNT,
    paged=True,
)


async def organization(visit: Visit) -> Response:
    """Show the particulars of the organization."""
    found = await visit.organization()
    return _organization_form(visit, found, told(ORGANIZATION, found))


async def change_organization(visit: Visit) -> Response:
    """Change them."""
    try:
        sent = body(visit, ORGANIZATION)
        await visit.send("PUT", f"/organizations/{visit.here.id}", sent, version=visit.version())
    except Refusal as refusal:
        return _organization_form(visit, await visit.organization(), filled(visit, ORGANIZATION), refusal=refusal)
    return visit.go(f"{visit.base}/settings/organization", "saved")


def _organization_form(visit: Visit, found: Any, values: Any, refusal: Refusal | None = None) -> Response:
    return visit.page("organization.html", found=found, values=values, fields=ORGANIZATION, refusal=refusal)


async def taxes(visit: Visit) -> Response:
    """Show the taxes: they are law, and nobody changes them here."""
    answer = await visit.get("/taxes")
    return visit.page("taxes.html", taxes=answer["taxes"])


PREFIXES = (
    Field("prefixes.invoice", "Invoices", longest=16),
    Field("prefixes.credit_note", "Credit notes", longest=16),
    Field("prefixes.customer_debit_note", "Debit notes to customers", longest=16),
    Field("prefixes.estimate", "Estimates", longest=16),
    Field("prefixes.sales_order", "Sales orders", longest=16),
    Field("prefixes.delivery_challan", "Delivery challans", longest=16),
    Field("prefixes.receipt", "Receipts", longest=16),
    Field("prefixes.bill", "Bills", longest=16),
    Field("prefixes.debit_note", "Debit notes to vendors", longest=16),
    Field("prefixes.self_invoice", "Self-invoices", longest=16),
    Field("prefixes.purchase_order", "Purchase orders", longest=16),
    Field("prefixes.payment", "Payments", longest=16),
)
_OF_A_SERIES = tuple(each for each in PREFIXES if each.name not in ("prefixes.receipt", "prefixes.payment"))


async def series(visit: Visit) -> Response:
    """Show how documents are numbered, by branch."""
    return visit.page("series.html", branches=(await visit.get("/branches"))["branches"])


async def series_of(visit: Visit) -> Response:
    """Show the series of one branch, and room for another."""
    found = await BRANCHES.found(visit)
    return _series_form(visit, found, told(PREFIXES, found), _named(found["series"]))


async def change_series(visit: Visit) -> Response:
    """Change them; a named series whose name was emptied is gone."""
    named = _named_filled(visit)
    sent = {"prefixes": body(visit, PREFIXES, without_nothing=True).get("prefixes") or {}, "series": named}
    try:
        await visit.send("PUT", f"/branches/{visit.path['key']}", sent, version=visit.version())
    except Refusal as refusal:
        found = await BRANCHES.found(visit)
        return _series_form(visit, found, filled(visit, PREFIXES), _named(named), refusal=refusal)
    return visit.go(f"{visit.base}/settings/series", "saved")


def _series_form(visit: Visit, found: Any, values: Any, named: Any, refusal: Refusal | None = None) -> Response:
    facts = {"found": found, "values": values, "named": named, "fields": PREFIXES, "of_a_series": _OF_A_SERIES}
    return visit.page("series_of.html", refusal=refusal, **facts)


def _named(kept: Any) -> list[dict[str, Any]]:
    """Return named series for the form, with an empty one at the end."""
    return [*(Members(each) for each in kept), Members()]


def _named_filled(visit: Visit) -> list[dict[str, Any]]:
    names = visit.fields.get("series_name", ())
    found = []
    for index, name in enumerate(names):
        if not name.strip():
            continue
        members = {each.name.partition(".")[2]: visit.filled(f"series.{index}.{each.name}") for each in _OF_A_SERIES}
        found.append({"series_name": name.strip(), **{key: value for key, value in members.items() if value}})
    return found


PAGES = (
    Page(f"{_AT}/organization", organization, change_organization, heading=HEADING, label="Organization"),
    *BRANCHES.pages(),
    Page(f"{_AT}/series", series, heading=HEADING, label="Number series"),
    Page(f"{_AT}/series/{{key}}", series_of, change_series),
    Page(f"{_AT}/taxes", taxes, heading=HEADING, label="Taxes"),
    *ACCOUNTS.pages(),
)
