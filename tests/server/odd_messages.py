"""Messages that no client sends: half of them nearly right, and calls of tools with whatever for arguments."""

from hypothesis import strategies as st

from tests.server.agents import READING, message

_TREE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**6), 10**6)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
_NAMES = (*sorted(READING), "draft_document", "approve", "record_payment", "add", "void", "lock_month", "nothing")
_WORDS = (
    "kind",
    "id",
    "name",
    "document",
    "fields",
    "confirm",
    "filters",
    "period",
    "query",
    "limit",
    "lock_date",
    "amount",
    "number",
    "as_pdf",
)
_VALUES = (
    st.sampled_from(["invoice", "contact", "trial_balance", "month_checks", "102026", "cf_AAAA", "", "\u0000"]) | _TREE
)
_CALL = st.fixed_dictionaries(
    {
        "name": st.sampled_from(_NAMES) | _TREE,
        "arguments": st.dictionaries(st.sampled_from(_WORDS), _VALUES, max_size=4) | _TREE,
    }
)
_MESSAGES = st.fixed_dictionaries(
    {},
    optional={
        "jsonrpc": st.just("2.0") | _TREE,
        "id": st.integers(0, 9) | _TREE,
        "method": st.sampled_from(["initialize", "tools/list", "tools/call", "server/discover", "ping"]) | _TREE,
        "params": _CALL | _TREE,
    },
)
_CALLS = st.builds(lambda params: message("tools/call", params), _CALL)

ODD = _CALLS | _MESSAGES | st.lists(_MESSAGES, max_size=3) | st.binary(max_size=30)
