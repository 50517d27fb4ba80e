"""Request bodies inside other requests: held to the contract of the operation that they would be sent to."""

from functools import lru_cache
from typing import Any

from domain.errors import Failed
from openapi.bundle import operations_of, resolve
from server.contract.codec import whole
from server.contract.faults import Examiner, refusal_for
from server.contract.schemas import Schema, standalone


class Bodies:
    """The JSON bodies of a contract's operations, by operation id."""

    def __init__(self, contract: dict[str, Any]) -> None:
        # Not the whole contract: what answers look like would stay in memory for nothing.
        self._components = {"components": {"schemas": contract["components"]["schemas"]}}
        self._schemas = {
            operation["operationId"]: operation["requestBody"]["content"]["application/json"]["schema"]
            for item in contract["paths"].values()
            for _, operation in operations_of(item)
            if "application/json" in operation.get("requestBody", {}).get("content", {})
        }
        self._examiner = lru_cache(maxsize=100)(self._compiled)

    def checked(self, operation_id: str, body: Any, *, within: str | None = None) -> Any:
        """Return ``body``, whole numbers as integers, if the operation takes it.

        Raises what its schema refuses, fields named as inside the member ``within`` of the body that was sent, or as in
        a body of its own.
        """
        plain = whole(body)
        sent = plain if within is None else {within: plain}
        examiner = self._examiner(operation_id, within)
        if not examiner.is_valid(sent):
            sent = examiner.trimmed(sent)
        if not examiner.is_valid(sent):
            raise refusal_for(examiner.faults(sent))
        return sent if within is None else sent[within]

    def taken_from(self, operation_id: str, shown: Any) -> Any:
        """Return what an answer holds that the operation takes as well: all of its members that are not null."""
        return self._taken(self._schemas[operation_id], shown)

    def _taken(self, schema: Schema, shown: Any) -> Any:
        schema = self._plain(schema)
        if isinstance(shown, list):
            return [self._taken(schema.get("items", {}), each) for each in shown]
        if not isinstance(shown, dict) or "properties" not in schema:
            return shown
        return {
            name: self._taken(member, shown[name])
            for name, member in schema["properties"].items()
            if shown.get(name) is not None
        }

    def _plain(self, schema: Schema) -> Schema:
        """Follow references, also those that are wrapped in ``allOf``."""
        schema = resolve(self._components, schema)
        return self._plain(schema["allOf"][0]) if "allOf" in schema else schema

    def _compiled(self, operation_id: str, within: str | None) -> Examiner:
        own = self._schemas[operation_id]
        asked = own if within is None else {"type": "object", "properties": {within: own}}
        schema = standalone(asked, self._components["components"]["schemas"])
        return Examiner(schema, unknown=Failed)
