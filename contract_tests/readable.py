"""Made-up texts as people could have written them: ``x-readable`` asks for more than the contract's patterns say."""

from typing import Any, TypeVar

from server.contract.texts import Readable

Value = TypeVar("Value")

_any, _seen = (Readable({}, wanted, []) for wanted in ("any", "seen"))


def readable(value: Value) -> Value:
    """Return a value whose texts have nothing unreadable and something to see, of the same length; else as it is."""
    made: Any = value
    if isinstance(value, str):
        text = "".join(character if _passes(_any, character) else "." for character in value)
        made = text if text.isascii() or _passes(_seen, text) else f"n{text[1:]}"
    elif isinstance(value, list):
        made = [readable(each) for each in value]
    elif isinstance(value, dict):
        made = {name: readable(each) for name, each in value.items()}
    whole: Value = made
    return whole


def _passes(check: Readable, text: str) -> bool:
    try:
        check.validate(text)
    except ValueError:
        return False
    return True
