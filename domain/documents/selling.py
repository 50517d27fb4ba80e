"""Who made a sale: a salesperson of the list, or a name in words."""

from collections.abc import Mapping
from typing import Any

from domain.documents.circumstances import Circumstances
from domain.documents.document import Document
from domain.errors import Failed

_ID, _NAME = "salesperson_id", "salesperson_name"


def sold_by(said: Mapping[str, Any], facts: Circumstances, stored: Document | None) -> dict[str, Any]:
    """The salesperson's id and name, as said or else as stored. A name alone takes the place of an id.

    ``facts`` tell of the one that is said, else of the one that is stored. Raises Failed for a name that is another
    than that of the id, and for one who is archived and was not chosen before.
    """
    name = said.get(_NAME)
    if _ID not in said and _NAME in said and name != facts.salesperson_name:
        return {_ID: None, _NAME: name}
    if facts.salesperson_id is None:
        kept = stored.salesperson_name if stored is not None and stored.salesperson_id is None else None
        return {_ID: None, _NAME: said.get(_NAME, kept)}
    if name not in (None, facts.salesperson_name):
        raise Failed(f"The salesperson is called {facts.salesperson_name}; send the id alone.", field=_NAME)
    is_new = stored is None or stored.salesperson_id != facts.salesperson_id
    if is_new and facts.salesperson_status == "INACTIVE":
        raise Failed(f"{facts.salesperson_name} is archived.", field=_ID)
    return {_ID: facts.salesperson_id, _NAME: facts.salesperson_name}
