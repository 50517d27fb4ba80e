"""What a user can choose from on the page of consent: whose books, and how much of what an app asks for."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from domain.access import roles
from domain.access.oauth.authorizing import Question
from domain.access.places import Place
from domain.access.scopes import FULL_ACCESS, lacking

ALL = "all"
"""What the form says for all organizations of the user."""

_MOST_NAMED = 3


def shown_choices(choices: Sequence[Place], question: Question) -> list[dict[str, Any]]:
    """Return the organizations, and all of them together where there are several, each with what is special to it."""
    listed = [{"value": each.id, "name": each.name, "note": ", ".join(_notes(each))} for each in choices]
    if question.organization_id is None and sum(not each.is_sandbox for each in choices) > 1:
        note = "those that you join later, too; in each no more than your role there allows"
        listed.append({"value": ALL, "name": "All of your organizations", "note": note})
    return [{**each, "is_only": len(listed) == 1} for each in listed]


def shown_scopes(choices: Sequence[Place], question: Question, words: Mapping[str, str]) -> dict[str, Any]:
    """Return in words what the app may do in the books that are chosen, and what no role of the user there allows.

    What one role allows and another does not is noted where it is not.
    """
    allowed = {each.id: frozenset(roles.narrowed(question.scopes, each.role)) for each in choices}
    wanted = [FULL_ACCESS] if FULL_ACCESS in question.scopes else question.scopes  # nothing is said beside everything
    offered = dict.fromkeys(scope for each in choices for scope in roles.narrowed(wanted, each.role))
    refused = lacking(frozenset(offered), tuple(wanted))
    return {
        "lines": [
            {
                "text": _word(words, scope),
                "note": _where_not(each for each in choices if lacking(allowed[each.id], (scope,))),
            }
            for scope in offered
        ],
        "is_everything": FULL_ACCESS in offered,
        "refused": [_word(words, scope) for scope in refused],
        "roles": " or ".join(dict.fromkeys(roles.TITLES[each.role] for each in choices)),
    }


def _notes(choice: Place) -> list[str]:
    testing = ["for testing"] if choice.is_sandbox else []
    return testing if choice.role == roles.OWNER else [*testing, f"your role: {roles.TITLES[choice.role]}"]


def _word(words: Mapping[str, str], scope: str) -> str:
    return words.get(scope, scope).rstrip(".")


def _where_not(choices: Iterable[Place]) -> str:
    names = [each.name for each in choices]
    if len(names) > _MOST_NAMED:
        return f"not in {len(names)} of them, where your role does not allow it"
    return f"not in {', '.join(names)}, where your role does not allow it" if names else ""
