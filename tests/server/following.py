"""How the tests follow the feed: from a place on to its present end, seeing that it is dense."""

from typing import Any

from tests.running import Caller

Json = dict[str, Any]


async def follow(call: Caller, place: str | None = None, **query: Any) -> tuple[list[Json], str]:
    """Every event behind a place, and the place that the feed has come to."""
    events: list[Json] = []
    while True:
        asked = {**query, **({} if place is None else {"cursor": place})}
        reply = await call("GET", "/events", params=asked)
        assert reply.status_code == 200, reply.text
        body = reply.json()
        events += body["events"]
        place = body["page_context"]["next_cursor"]
        if not body["page_context"]["has_more_page"]:
            return events, place


def assert_dense(events: list[Json], begin: int = 1) -> None:
    """The places follow one another, and each event names the one before of the same thing."""
    assert [event["sequence"] for event in events] == list(range(begin, begin + len(events)))
    last: dict[str, int] = {}
    for event in events:
        previous = event["previous_sequence_of_entity"]
        if event["entity_id"] in last or begin == 1:
            assert previous == last.get(event["entity_id"])
        last[event["entity_id"]] = event["sequence"]
