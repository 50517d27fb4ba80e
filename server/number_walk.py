"""A quick test of all numbers of a body, made once from its schema: one walk in Python, in place of a call for each
number out of the validator. It settles what is surely valid; what it is not sure of is examined by the full validator.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from server.decimals import KEYWORD, DecimalLimits

Test = Callable[[Any], bool]
_COMBINATIONS = ("allOf", "anyOf", "oneOf")


def number_walk(schema: dict[str, Any]) -> Test:
    """Return the test of a translated schema, for values that fit it in everything but the limits of their numbers.

    It is true where each number is within all limits that any branch of the schema has for its place, and where what
    may be meant as an integer is an ``int``. So a value that it passes is valid.
    """
    return _test(schema, schema.get("$defs", {}), {})


def _test(schema: dict[str, Any], definitions: Mapping[str, Any], made: dict[str, Test]) -> Test:
    """Return the test of one schema. Nothing under ``not`` is looked at: a limit there could only admit more."""
    members = {name: _test(each, definitions, made) for name, each in schema.get("properties", {}).items()}
    tests = [_test(each, definitions, made) for key in _COMBINATIONS for each in schema.get(key, ())]
    tests.append(_of_members({name: test for name, test in members.items() if test is not _no_number}))
    if "$ref" in schema:
        tests.append(_of_definition(schema["$ref"].rpartition("/")[2], definitions, made))
    if "integer" in schema.get("type", ()):
        tests.append(_is_no_decimal)
    if KEYWORD in schema:
        tests.append(DecimalLimits({}, schema[KEYWORD], []).admits)
    if "items" in schema:
        tests.append(_of_items(schema["items"], definitions, made))
    if isinstance(schema.get("additionalProperties"), dict):
        tests.append(_of_others(_test(schema["additionalProperties"], definitions, made)))
    return _all_of([test for test in tests if test is not _no_number])


def _of_definition(name: str, definitions: Mapping[str, Any], made: dict[str, Test]) -> Test:
    if name not in made:
        # A definition may contain itself: inside, it is looked up when it is needed.
        made[name] = lambda value: made[name](value)
        made[name] = _test(definitions[name], definitions, made)
    return made[name]


def _of_members(tests: Mapping[str, Test]) -> Test:
    pairs = list(tests.items())

    def test_members(value: Any) -> bool:
        if isinstance(value, dict):
            for name, test in pairs:
                if name in value and not test(value[name]):
                    return False
        return True

    return test_members if pairs else _no_number


def _of_items(schema: dict[str, Any], definitions: Mapping[str, Any], made: dict[str, Test]) -> Test:
    """Test the elements of a list; of objects, each member that is a number in all of them at once."""
    columns, rest = _columns_of(schema, definitions)
    test = _test(rest, definitions, made)
    if columns:
        return _of_rows(columns, test)
    return test if test is _no_number else lambda value: not isinstance(value, list) or all(map(test, value))


def _columns_of(
    schema: dict[str, Any], definitions: Mapping[str, Any]
) -> tuple[dict[str, DecimalLimits], dict[str, Any]]:
    """The members of the objects in a list that are nothing but numbers, and the schema without them."""
    named = definitions[schema["$ref"].rpartition("/")[2]] if schema.keys() == {"$ref"} else schema
    if named.get("type") != "object":
        return {}, schema
    members = named.get("properties", {})
    columns = {name: DecimalLimits({}, each[KEYWORD], []) for name, each in members.items() if _is_number(each)}
    return columns, {**named, "properties": {name: each for name, each in members.items() if name not in columns}}


def _is_number(schema: dict[str, Any]) -> bool:
    return KEYWORD in schema and not schema.keys() & {"$ref", *_COMBINATIONS}


def _of_rows(columns: Mapping[str, DecimalLimits], test: Test) -> Test:
    """Test the columns of a list of objects, and each object for what is in none of them."""
    pairs = list(columns.items())

    def test_rows(rows: Any) -> bool:
        if not isinstance(rows, list):
            return True
        try:
            for name, limits in pairs:
                column = [value for row in rows if (value := row.get(name)) is not None]
                if column and not limits.plainly_admit(column):
                    return False
        except AttributeError:
            return False  # a row that is no object, as another branch of the schema may allow
        return test is _no_number or all(map(test, rows))

    return test_rows


def _of_others(test: Test) -> Test:
    """Test all members, also the declared ones: at worst the full validator is asked in vain."""
    if test is _no_number:
        return test
    return lambda value: not isinstance(value, dict) or all(map(test, value.values()))


def _all_of(tests: list[Test]) -> Test:
    match tests:
        case []:
            return _no_number
        case [only]:
            return only
        case _:
            return lambda value: all(test(value) for test in tests)


def _is_no_decimal(value: Any) -> bool:
    return type(value) is not Decimal


def _no_number(_value: Any) -> bool:
    """Pass anything: the test of a schema that says nothing of numbers."""
    return True
