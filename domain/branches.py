"""Branches: places of business, each under one registration, with number series of its own.

A document is issued under the GSTIN and from the state of its branch. Once something is posted for a branch they stay
as they are, because the returns of the past are read from them; two branches under one GSTIN never number alike.
"""

import itertools
import re
from collections.abc import Mapping, Sequence
from string import digits
from typing import Any

from sqlalchemy import Boolean, bindparam, func, select

from domain import organization, registers
from domain.addresses import Address, usual_address
from domain.appearance import BankDetails, PictureFacts, usual_bank_details, usual_colour
from domain.books import Books
from domain.documents.numbering import DEFAULT_SERIES
from domain.errors import Duplicate, Failed, Invalid, InvalidState
from domain.gst.document_numbers import YEAR_MARK, check_prefix
from domain.gst.gstin import check_pan_agrees, parse_own_gstin
from domain.gst.states import normalise_state
from domain.organization import own_registration
from domain.pages import Columns
from domain.registers import Register, VersionedRow, members
from domain.statements import Statement, columns_of, of_tenant, tenant_select
from domain.values import Struct, field, replace
from models.documents import documents
from models.organization import branches

Prefixes = dict[str, str]
FurtherSeries = list[dict[str, str | None]]

MOST_BRANCHES = 10_000

_WORDS = {
    "invoice": "INV",
    "estimate": "EST",
    "sales_order": "SO",
    "delivery_challan": "DC",
    "purchase_order": "PO",
    "bill": "BILL",
    "credit_note": "CN",
    "debit_note": "DN",
    "customer_debit_note": "CDN",
    "self_invoice": "SI",
    "receipt": "RV",
    "payment": "PV",
}
SERIES = tuple(_WORDS)

_OF_FURTHER_SERIES = tuple(series for series in SERIES if series not in ("receipt", "payment"))
"""What further series can number: documents name one, payments do not."""

# Sixteen characters less "/26-27/" and four digits.
_WORD_LENGTH = 5
_YEAR = re.compile(r"[0-9]{2}-[0-9]{2}", re.ASCII)


class Branch(VersionedRow, frozen=True):
    """A place of business.

    ``prefixes`` maps each member of ``SERIES`` to what its numbers begin with; each further one of ``series`` has a
    ``series_name`` and does so for some of them (``None`` for the others). Of what is printed, ``None`` is what the
    organization says.
    """

    branch_name: str
    code: str = ""
    state_code: str = ""
    is_primary: bool = False
    gst_no: str | None = None
    address: Address | None = None
    phone: str | None = None
    email: str | None = None
    signatory_name: str | None = None
    declaration: str | None = None
    terms: str | None = None
    footer: str | None = None
    bank_details: BankDetails | None = None
    default_template: str | None = None
    accent_colour: str | None = None
    is_upi_qr_printed: bool | None = None
    logo: PictureFacts | None = None
    signature: PictureFacts | None = None
    is_einvoicing_enabled: bool = False
    prefixes: Prefixes = field(default_factory=dict)
    series: FurtherSeries = field(default_factory=list)
    is_active: bool = True


class Neighbour(Struct, frozen=True):
    """What a branch must know of the others."""

    id: str
    branch_name: str
    code: str
    state_code: str
    gst_no: str | None
    prefixes: Prefixes
    series: FurtherSeries

    @property
    def all_prefixes(self) -> list[Prefixes]:
        """Those of all its series."""
        return [self.prefixes, *map(_prefixes_of, self.series)]


_OTHERS = Statement(tenant_select(branches, *columns_of(branches, Neighbour)).where(branches.c.id != bindparam("id")))
_PRIMARY = Statement(tenant_select(branches, branches.c.id).where(branches.c.is_primary))
_STORED = Statement(
    tenant_select(branches, branches.c.gst_no, branches.c.state_code).where(branches.c.id == bindparam("id"))
)
_POSTED = Statement(
    select(documents.c.number)
    .where(of_tenant(documents), documents.c.branch_id == bindparam("id"), documents.c.journal_id.is_not(None))
    .limit(1)
)


async def open_branch(books: Books, values: Mapping[str, Any]) -> Branch:
    """Add a branch; what is not given comes from the organization. Locks the organization, then the primary branch.

    Without a state it stands in that of its GSTIN, else of the organization. Without a word on the GSTIN it belongs to
    the registration that the organization has in its state, if there is one (CGST Act 2017, section 25(2)).

    Raises: what the rules of ``BRANCHES`` refuse.
    """
    owner = await organization.locked(books)
    others = await books.load(Neighbour, _OTHERS, id="")
    if len(others) >= MOST_BRANCHES:
        raise Failed(f"There are {MOST_BRANCHES} branches, which is as many as there can be.")
    state = values.get("state_code") or _state_of(values.get("gst_no")) or owner.state_code
    given = {**values, "state_code": state, "is_primary": bool(values.get("is_primary")) or not others}
    if "gst_no" not in values:
        given["gst_no"] = _registration_in(normalise_state(state, field="state"), owner, others)
    if given["is_primary"]:
        await _step_down(books, but="")
    return await registers.add(books, BRANCHES, given)


async def amend_branch(books: Books, key: str, values: Mapping[str, Any]) -> Branch:
    """Change the given fields of a branch. Locks the organization, then branches.

    Raises: NotFound, VersionMismatch, and what the rules of ``BRANCHES`` refuse.
    """
    await organization.locked(books)
    if values.get("is_primary"):
        await _step_down(books, but=key)
    return await registers.amend(books, BRANCHES, key, values)


def listing(columns: Columns) -> Statement:
    """The statement that selects ``columns`` of all branches, or with ``active_only`` of those that documents may name.

    The primary one comes first, then they are by name.
    """
    wanted = branches.c.is_active | ~bindparam("active_only", type_=Boolean)
    ordered = (
        tenant_select(branches, *columns)
        .where(wanted)
        .order_by(branches.c.is_primary.desc(), func.lower(branches.c.branch_name), branches.c.id)
    )
    return Statement(ordered.limit(MOST_BRANCHES))


def default_prefixes(taken: Sequence[Prefixes]) -> Prefixes:
    """Prefixes for all series that collide with none of ``taken``: ``INV/{FY}/``, for the next branch ``INV2/{FY}/``.

    A long word gives way to its number, so that four digits always have room within sixteen characters.
    """
    used = {(series, end) for prefixes in taken for series, prefix in prefixes.items() for end in _ends(prefix)}
    for count in range(1, MOST_BRANCHES + 2):
        made = {series: _made_prefix(word, count) for series, word in _WORDS.items()}
        if used.isdisjoint(made.items()):
            return made
    raise AssertionError("one number more than there are branches is always free")


async def _step_down(books: Books, *, but: str) -> None:
    """Take the mark of the primary branch from the one that has it, unless it is ``but``."""
    primary = await books.value(_PRIMARY)
    if primary is not None and primary != but:
        await registers.amend(books.for_another(), _STEPPING_DOWN, primary, {"is_primary": False})


async def _registered(books: Books, branch: Branch) -> Branch:
    """Put GSTIN, state and address into their usual form; the GSTIN must be the organization's own and in the state."""
    owner = await organization.current(books)
    gstin = own_registration(branch.gst_no, branch.state_code, field="gstin", state_field="state")
    if gstin is not None:
        if owner.gst_no is None:
            raise Failed("The organization is unregistered; give it a GSTIN first.", field="gstin")
        if owner.pan is not None:
            check_pan_agrees(owner.pan, gstin, field="gstin")
    is_somewhere = any((branch.address or {}).values())
    return replace(
        branch,
        gst_no=gstin.number if gstin else None,
        state_code=normalise_state(branch.state_code, field="state"),
        address=usual_address(branch.address, field="address") if is_somewhere else None,
        bank_details=usual_bank_details(branch.bank_details),
        accent_colour=usual_colour(branch.accent_colour),
    )


async def _true_to_what_is_posted(books: Books, branch: Branch) -> Branch:
    """Keep state and GSTIN once something is posted; only a first GSTIN in the same state may come later."""
    stored = await books.row(_STORED, id=branch.id)
    if stored is None or (stored["gst_no"], stored["state_code"]) == (branch.gst_no, branch.state_code):
        return branch
    if stored["gst_no"] is None and stored["state_code"] == branch.state_code:
        return branch
    posted = await books.row(_POSTED, id=branch.id)
    if posted is None:
        return branch
    field = "state" if stored["state_code"] != branch.state_code else "gstin"
    raise InvalidState(
        f"{posted['number']} is posted for branch '{branch.branch_name}', so the branch keeps its GSTIN and state; "
        "add another branch for another registration.",
        field=field,
    )


async def _told_apart(books: Books, branch: Branch) -> Branch:
    """Give it a code and each series its prefix.

    No other branch may have the name or the code, and none under the same GSTIN number alike.
    """
    others = await books.load(Neighbour, _OTHERS, id=branch.id)
    if any(other.branch_name.lower() == branch.branch_name.lower() for other in others):
        raise Duplicate(f"There is a branch '{branch.branch_name}' already.", field="name")
    branch = replace(branch, code=branch.code or _made_code(branch.branch_name, [other.code for other in others]))
    twin = next((other for other in others if other.code.upper() == branch.code.upper()), None)
    if twin is not None:
        raise Duplicate(f"Branch '{twin.branch_name}' has the code {twin.code}.", field="code")
    return _numbered_apart(branch, [other for other in others if other.gst_no == branch.gst_no])


def _numbered_apart(branch: Branch, alongside: Sequence[Neighbour]) -> Branch:
    """Give each series its prefix; none of it numbers like another one, or like one of those ``alongside``."""
    further = [_prefixes_of(each) for each in branch.series]
    taken = [prefixes for other in alongside for prefixes in other.all_prefixes] + further
    own = _checked_series(branch)
    own["prefixes"] = {**default_prefixes(taken), **branch.prefixes}
    for place, prefixes in own.items():
        for other in alongside:
            under = f" under the same GSTIN {other.gst_no}" if other.gst_no else ""
            for theirs in other.all_prefixes:
                _check_numbers_apart(prefixes, theirs, place, f"of branch '{other.branch_name}'{under}")
        for elsewhere, others_of_branch in own.items():
            if elsewhere != place:
                _check_numbers_apart(prefixes, others_of_branch, place, f"in {elsewhere}")
    whole = [{name: each.get(name) for name in ("series_name", *_OF_FURTHER_SERIES)} for each in branch.series]
    return replace(branch, prefixes=own["prefixes"], series=whole)


def _checked_series(branch: Branch) -> dict[str, Prefixes]:
    """The prefixes that are given by hand, by their place in the branch, further series first.

    Raises Invalid for a name that is taken or a prefix that cannot be.
    """
    names = [DEFAULT_SERIES]
    own: dict[str, Prefixes] = {}
    for index, each in enumerate(branch.series):
        name, place = str(each["series_name"]), f"series[{index}]"
        if name in names:
            raise Invalid(f"There is a series '{name}' already.", field=f"{place}.series_name")
        names.append(name)
        own[place] = _prefixes_of(each)
    own["prefixes"] = branch.prefixes
    for place, prefixes in own.items():
        for series, prefix in prefixes.items():
            check_prefix(prefix, field=f"{place}.{series}")
    return own


def _prefixes_of(further: Mapping[str, str | None]) -> Prefixes:
    return {name: prefix for name in _OF_FURTHER_SERIES if (prefix := further.get(name)) is not None}


def _check_numbers_apart(prefixes: Prefixes, others: Prefixes, place: str, whose: str) -> None:
    series = next((each for each in SERIES if _both_number(each, prefixes, others)), None)
    if series is not None:
        raise Duplicate(
            f"'{prefixes[series]}' would number like '{others[series]}' {whose}.", field=f"{place}.{series}"
        )


def _both_number(series: str, one: Prefixes, other: Prefixes) -> bool:
    return series in one and series in other and _meet(one[series], other[series])


async def _led_by_one(books: Books, branch: Branch) -> Branch:
    """Keep exactly one primary branch, an active one."""
    if branch.is_primary and not branch.is_active:
        raise InvalidState("The primary branch cannot be inactive; make another one primary first.", field="is_active")
    if not branch.is_primary and await books.value(_PRIMARY) in (None, branch.id):
        raise InvalidState("One branch must be primary; make another one primary instead.", field="is_default")
    return branch


def _state_of(gst_no: str | None) -> str | None:
    return parse_own_gstin(gst_no, field="gstin").state if gst_no else None


def _made_code(name: str, taken: Sequence[str]) -> str:
    """A code that no other branch has: the initials of the name, or of one word its beginning; then numbered."""
    words = re.findall("[A-Z0-9]+", name.upper()) or ["BR"]
    short = "".join(word[0] for word in words[:_WORD_LENGTH]) if len(words) > 1 else words[0][:3]
    used = {code.upper() for code in taken}
    candidates = itertools.chain([short], (f"{short}{count}" for count in itertools.count(2)))
    return next(code for code in candidates if code not in used)


def _registration_in(state: str, owner: organization.Organization, others: Sequence[Neighbour]) -> str | None:
    if owner.state_code == state:
        return owner.gst_no
    return next((other.gst_no for other in others if other.gst_no and other.state_code == state), None)


def _made_prefix(word: str, count: int) -> str:
    number = str(count) if count > 1 else ""
    return f"{word[: _WORD_LENGTH - len(number)]}{number}/{YEAR_MARK}/"


def _ends(prefix: str) -> tuple[str, str]:
    """What a prefix made up by us, which ends in a stroke, must differ from."""
    plain = _plain(prefix)
    return plain, plain.rstrip(digits)


def _meet(one: str, other: str) -> bool:
    """Say whether two prefixes can make one number: they are alike, or one goes on with digits where the other ends.

    A year written out is taken for any year.
    """
    shorter, longer = sorted((_plain(one), _plain(other)), key=len)
    rest = longer.removeprefix(shorter)
    return longer.startswith(shorter) and (rest == "" or rest.isdecimal())


def _plain(prefix: str) -> str:
    return _YEAR.sub(YEAR_MARK, prefix.upper())


def _branches(*rules: registers.Rule) -> Register[Branch]:
    return Register(
        noun="Branch",
        entity_type="BRANCH",
        prefix="br",
        table=branches,
        row=Branch,
        title="branch_name",
        rules=rules,
        merging={"address": members, "bank_details": members, "prefixes": members},
    )


BRANCHES = _branches(_registered, _true_to_what_is_posted, _led_by_one, _told_apart)
_STEPPING_DOWN = _branches()
