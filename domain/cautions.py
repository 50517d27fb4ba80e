"""What is taken although something is odd about it: the answer carries a warning beside the resource."""

from domain.errors import printable
from domain.values import Struct

RATE_NOT_IN_FORCE = "tax.rate_not_in_force"
CESS_NOT_NOTIFIED = "tax.cess_not_notified"
CREDIT_LIMIT_EXCEEDED = "contact.credit_limit_exceeded"
REGISTRATION_TAKEN_OVER = "contact.registration_taken_over"


class Caution(Struct, frozen=True):
    """A warning: a code for programs, a sentence for people, and the field that it is about (``None``: the whole)."""

    code: str
    message: str
    field: str | None = None

    def told(self) -> dict[str, str | None]:
        """What the caller is told of it."""
        field = None if self.field is None else printable(self.field)
        return {"code": self.code, "message": printable(self.message), "field": field}
