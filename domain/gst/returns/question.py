"""What a return, or a view of one, is asked for: which registration, which days, which branch."""

from collections.abc import Sequence
from datetime import date

from domain.books import Books
from domain.errors import Failed, NotFound, Required
from domain.gst.returns.period import Frequency, ReturnPeriod
from domain.gst.treatments import RegistrationType
from domain.statements import Statement
from domain.values import Struct

_FORM_INSTEAD = {
    RegistrationType.COMPOSITION: (
        "A composition taxable person files CMP-08 every quarter and GSTR-4 every year, and no {form}"
        " (CGST Rules, rule 62)."
    ),
    RegistrationType.UNREGISTERED: "Who is not registered under GST files no {form}, nor any other return.",
}


class ReturnQuestion(Struct, frozen=True, kw_only=True):
    """The days (both included) of the registration ``gstin``; with a ``branch_id`` only what that branch did.

    ``period`` is the return's whose days these are, ``None`` where they are those of none. ``late_ids`` are documents
    of earlier days that the return tells as well, because they came after the return of their own days was filed.
    """

    gstin: str
    from_on: date
    to_on: date
    period: ReturnPeriod | None = None
    frequency: Frequency = Frequency.MONTHLY
    branch_id: str | None = None
    late_ids: tuple[str, ...] = ()

    @property
    def bounds(self) -> dict[str, object]:
        """The parameters of the statements that read what was supplied."""
        return {
            "gstin": self.gstin,
            "from_on": self.from_on,
            "to_on": self.to_on,
            "branch_id": self.branch_id,
            "late_ids": list(self.late_ids),
        }

    def is_draft(self, today: date) -> bool:
        """Whether something may still be added, because the days are not over."""
        return today <= self.to_on


class _Registered(Struct, frozen=True):
    registration_type: str
    branch_id: str | None
    gst_no: str | None


_REGISTRATIONS = Statement(
    """
select organization.registration_type, branch.id as branch_id, branch.gst_no
  from organizations as organization
  left join branches as branch on branch.organization_id = organization.id
 where organization.id = %(organization_id)s
 order by branch.is_primary desc, branch.id
"""
)


async def registration_asked_for(
    books: Books, *, form: str, gstin: str | None = None, branch_id: str | None = None
) -> str:
    """Return the GSTIN whose return is meant: the one that is named, else that of the branch, else the only one.

    ``form`` is what the return is called. Raises NotFound for a branch or a GSTIN that is not the organization's,
    Required where it has several and none is named, Failed for a branch under another registration than the one that
    is named, or under none, and where the organization files no such return.
    """
    known = await books.load(_Registered, _REGISTRATIONS)
    instead = _FORM_INSTEAD.get(RegistrationType(known[0].registration_type))
    if instead is not None:
        raise Failed(instead.format(form=form))
    if branch_id is not None:
        return _of_branch(known, branch_id, gstin)
    numbers = list(dict.fromkeys(each.gst_no for each in known if each.gst_no))
    if gstin is not None:
        if gstin.strip().upper() not in numbers:
            raise NotFound("GSTIN", gstin, field="gstin")
        return gstin.strip().upper()
    if len(numbers) != 1:
        raise Required(f"Say whose {form} is meant: {', '.join(numbers) or 'no branch has a GSTIN'}.", field="gstin")
    return numbers[0]


def _of_branch(known: Sequence[_Registered], branch_id: str, gstin: str | None) -> str:
    number = next((each.gst_no for each in known if each.branch_id == branch_id), "")
    if number == "":
        raise NotFound("Branch", branch_id, field="branch_id")
    if number is None:
        raise Failed("The branch is under no registration, so nothing of it is in any return.", field="branch_id")
    if gstin is not None and gstin.strip().upper() != number:
        raise Failed(f"The branch is under the registration {number}, not {gstin}.", field="branch_id")
    return number
