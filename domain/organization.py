"""The organization: who keeps its books here, under which registration, and up to which day they are locked.

An organization is the tenant itself, so its table is keyed by its own id and stands outside the registers. Its GSTIN
is that of its principal place of business; what a document is issued under is the registration of its branch.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Text, bindparam, func, select

from domain.access.identity import Identity
from domain.addresses import Address, usual_address
from domain.appearance import BankDetails, PictureFacts, usual_bank_details, usual_colour
from domain.books import Books, found
from domain.errors import Failed, Invalid, InvalidState, Required
from domain.gst.gstin import Gstin, check_pan_agrees, parse_own_gstin
from domain.gst.pan import parse_pan
from domain.gst.states import STATES, normalise_state
from domain.happenings import Happening, difference, told_of
from domain.ids import fixed_id
from domain.mails import reminder_settings
from domain.mails.reminder_settings import usual_setting
from domain.pages import Columns
from domain.registers import members
from domain.statements import Statement, as_rows, columns_of, of_tenant
from domain.values import Struct, field, replace
from models.access import memberships
from models.organization import branches, organizations

UNREGISTERED = "UNREGISTERED"
REGISTRATION_TYPES = ("REGULAR", "COMPOSITION", "SEZ", UNREGISTERED)


class Organization(Struct, frozen=True):
    """An organization. ``locked_until`` is the last day on which nothing can be posted; ``aggregate_turnover`` rupees.

    ``live_organization_id`` names the organization whose sandbox this is; absent for a live one.
    """

    id: str
    name: str
    registration_type: str
    state_code: str
    version: int
    created_at: datetime
    modified_at: datetime
    legal_name: str | None = None
    gst_no: str | None = None
    pan: str | None = None
    address: Address | None = None
    fiscal_year_start_month: int = 4
    locked_until: date | None = None
    currency_code: str = "INR"
    time_zone: str = "Asia/Kolkata"
    aggregate_turnover: Decimal | None = None
    lut_number: str | None = None
    lut_valid_until: date | None = None
    is_round_off_enabled: bool = True
    credit_limit_action: str = "WARN"
    default_template: str = "classic"
    accent_colour: str | None = None
    is_upi_qr_printed: bool = True
    signatory_name: str | None = None
    declaration: str | None = None
    terms: str | None = None
    footer: str | None = None
    bank_details: BankDetails | None = None
    logo: PictureFacts | None = None
    signature: PictureFacts | None = None
    payment_reminders: dict[str, Any] = field(default_factory=usual_setting)
    is_sandbox: bool = False
    is_portal_simulated: bool = False
    live_organization_id: str | None = None


_NAMES = ", ".join(Organization.__struct_fields__)
_CHANGEABLE = told_of(Organization)
_IS_OWN = organizations.c.id == bindparam("organization_id")
_SELECTION = select(*columns_of(organizations, Organization)).where(_IS_OWN)
CURRENT = Statement(_SELECTION)
# Not the lock of a key: rows that refer to the organization can be written meanwhile.
_LOCKING = Statement(_SELECTION.with_for_update(key_share=True))
_INSERTION = Statement(
    f"insert into organizations ({_NAMES})\n"
    f"select {_NAMES}\n"
    f"  from json_populate_recordset(null::organizations, %(rows)s)"
)
_REPLACEMENT = Statement(
    f"update organizations as stored\n"  # noqa: S608  # names of columns only, out of the dataclass
    f"   set ({', '.join(_CHANGEABLE)}, version, modified_at)\n"
    f"     = ({', '.join(f'new.{name}' for name in _CHANGEABLE)}, new.version, new.modified_at)\n"
    f"  from json_populate_recordset(null::organizations, %(rows)s) as new\n"
    f" where stored.id = %(organization_id)s\n"
    f"   and stored.id = new.id\n"
    f"   and stored.version = new.version - 1"
)
_EMPTIED = Statement(
    "update organizations set clock_offset = null, emptied_at = %(now)s where id = %(organization_id)s"
)
_KEPT = ("id", "created_at", "is_sandbox", "live_organization_id")
_OPENING = Statement("select set_config('app.organization_id', %(organization_id)s, true)")
_BRANCH_WITH_GSTIN = Statement(
    select(branches.c.branch_name, branches.c.gst_no)
    .where(of_tenant(branches), branches.c.gst_no.is_not(None))
    .where(func.substr(branches.c.gst_no, 3, 10) != bindparam("pan"))
    .limit(1)
)

_IS_REACHED = (
    organizations.c.id == memberships.c.organization_id,
    memberships.c.user_id == bindparam("user_id"),
    memberships.c.is_active,
    organizations.c.is_sandbox == bindparam("is_sandbox"),
    organizations.c.id == func.coalesce(bindparam("bound_to", type_=Text), organizations.c.id),
)


async def open_organization(books: Books, organization_id: str) -> Books:
    """Return books on another organization in the same transaction.

    From here on row-level security shows this organization's rows and no others; what happened is noted apart. They go
    by this organization's clock.
    """
    opened = books.of_organization(organization_id)
    await opened.run(_OPENING)
    await opened.go_by_own_clock()
    return opened


async def current(books: Books) -> Organization:
    """Return the organization of the books."""
    return found(await books.load_one(Organization, CURRENT), "Organization", books.organization_id)


async def locked(books: Books) -> Organization:
    """Return the organization of the books and lock it until the transaction ends: its registrations stay as they are.

    Locked before any branch.
    """
    return found(await books.load_one(Organization, _LOCKING), "Organization", books.organization_id)


async def add(books: Books, organization: Organization) -> Organization:
    """Write a new organization, whose id is that of the books. Raises what ``checked`` refuses."""
    assert organization.id == books.organization_id, "an organization is written under its own name"
    checked_one = checked(organization)
    await books.run(_INSERTION, rows=as_rows([checked_one]))
    _note(books, checked_one, "CREATED", {})
    return checked_one


async def amend(books: Books, values: Mapping[str, Any]) -> tuple[Organization, Organization]:
    """Change the given fields of the organization, and nothing else; return it as it was and as it is. Locks it.

    Raises: VersionMismatch, InvalidState when a branch's GSTIN holds another PAN, and what ``checked`` refuses.
    """
    stored = await locked(books)
    books.expect_version("Organization", stored.version)
    changed = checked(replace(stored, **{name: _merged(stored, name, value) for name, value in values.items()}))
    if changed == stored:
        return stored, stored
    changed = replace(changed, version=stored.version + 1, modified_at=books.now)
    await books.run(_REPLACEMENT, rows=as_rows([changed]))
    _note(books, changed, "UPDATED", difference(stored, changed, _CHANGEABLE))
    return stored, changed


async def begin_anew(books: Books, stored: Organization, particulars: Mapping[str, Any]) -> Organization:
    """Write a sandbox that was emptied as it is at first, with these particulars, without a lock, a picture or a clock.

    Raises what ``checked`` refuses.
    """
    kept = {name: getattr(stored, name) for name in _KEPT}
    begun = checked(Organization(**{**particulars, **kept, "version": stored.version + 1, "modified_at": books.now}))
    await books.run(_REPLACEMENT, rows=as_rows([begun]))
    await books.run(_EMPTIED, now=books.real_now)
    _note(books, begun, "RESET", {})
    return begun


async def check_pan_of_branches(books: Books, organization: Organization) -> None:
    """Check that all GSTINs of the branches hold the organization's PAN. Raises InvalidState."""
    if organization.pan is None:
        return
    other = await books.row(_BRANCH_WITH_GSTIN, pan=organization.pan)
    if other is not None:
        raise InvalidState(
            f"Branch '{other['branch_name']}' has the GSTIN {other['gst_no']}, which does not hold the PAN "
            f"{organization.pan}.",
            field="pan",
        )


def checked(organization: Organization) -> Organization:
    """Put GSTIN, PAN, state and address into their usual form, and check that they fit each other.

    Raises: Required without a name; Invalid when something is wrong or two things differ; Failed when the
    registration type asks for a GSTIN and there is none, or for none and there is one.
    """
    if not organization.name.strip():
        raise Required("An organization needs a name.", field="name")
    if organization.registration_type not in REGISTRATION_TYPES:
        raise Invalid(f"A registration type is one of {', '.join(REGISTRATION_TYPES)}.", field="registration_type")
    gstin = own_registration(organization.gst_no, organization.state_code)
    is_unregistered = organization.registration_type == UNREGISTERED
    if is_unregistered and gstin is not None:
        raise Failed(f"An unregistered business has no GSTIN, but {gstin.number} is given.", field="registration_type")
    if gstin is None and not is_unregistered:
        raise Failed(f"The registration type {organization.registration_type} needs a GSTIN.", field="gst_no")
    return replace(
        organization,
        gst_no=gstin.number if gstin else None,
        pan=_pan(organization.pan, gstin),
        state_code=normalise_state(organization.state_code, field="state_code"),
        address=usual_address(organization.address, field="address"),
        accent_colour=usual_colour(organization.accent_colour),
        bank_details=usual_bank_details(organization.bank_details),
        payment_reminders=reminder_settings.checked(organization.payment_reminders, field="payment_reminders"),
    )


def own_registration(
    gst_no: str | None, state: str, *, field: str = "gst_no", state_field: str = "state_code"
) -> Gstin | None:
    """Return one's own GSTIN, which must be wholly valid and lie in ``state``; None without one. Raises Invalid."""
    code = normalise_state(state, field=state_field)
    if gst_no is None:
        return None
    gstin = parse_own_gstin(gst_no, field=field)
    if gstin.state != code:
        raise Invalid(
            f"GSTIN {gstin.number} is a registration in {_name(gstin.state)}, but the state is {_name(code)}.",
            field=state_field,
        )
    return gstin


def sandbox_id_of(organization_id: str) -> str:
    """The id that the sandbox of a live organization has, also before there is one."""
    return fixed_id("org", f"sandbox of {organization_id}")


def listing(columns: Columns) -> Statement:
    """The statement that selects ``columns`` of all organizations that a token reaches, by name."""
    ordered = select(*columns).where(*_IS_REACHED).order_by(func.lower(organizations.c.name), organizations.c.id)
    return Statement(ordered.limit(10_000))


def reading(columns: Columns) -> Statement:
    """The statement that selects ``columns`` of one organization that a token reaches."""
    return Statement(select(*columns).where(*_IS_REACHED, organizations.c.id == bindparam("id")))


def own(columns: Columns) -> Statement:
    """The statement that selects ``columns`` of the organization of the books."""
    return Statement(select(*columns).where(_IS_OWN))


async def reached(books: Books, identity: Identity, statement: Statement) -> list[dict[str, Any]]:
    """Run ``listing``: a token of one organization reaches just that, one of a user all in which the user is active.

    A test token reaches sandboxes only, a live one none.
    """
    return await books.rows(statement, **_reach(identity))


async def read(books: Books, identity: Identity, statement: Statement, key: str) -> dict[str, Any]:
    """Run ``reading``. Raises NotFound when the token does not reach the organization ``key``."""
    return found(await books.row(statement, **_reach(identity), id=key), "Organization", key)


def _reach(identity: Identity) -> dict[str, Any]:
    return {
        "user_id": identity.user_id,
        "is_sandbox": identity.is_sandbox,
        "bound_to": identity.organization_id,
    }


def _pan(pan: str | None, gstin: Gstin | None) -> str | None:
    if pan is None:
        return gstin.pan if gstin else None
    pan = parse_pan(pan, field="pan")
    if gstin is not None:
        check_pan_agrees(pan, gstin, field="pan")
    return pan


def _merged(stored: Organization, name: str, value: Any) -> Any:
    before = getattr(stored, name)
    return members(before, value) if isinstance(before, dict) and isinstance(value, dict) else value


def _name(state: str | None) -> str:
    return f"{STATES[state].name} ({state})" if state is not None else "no state"


def _note(books: Books, organization: Organization, verb: str, changes: dict[str, dict[str, Any]]) -> None:
    books.happened(
        Happening(
            action=f"ORGANIZATION_{verb}",
            entity_type="ORGANIZATION",
            entity_id=organization.id,
            reference=organization.name,
            changes=changes,
        )
    )
