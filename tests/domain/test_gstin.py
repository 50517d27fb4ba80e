"""GSTINs, right and wrong. None of the numbers belongs to a known business; the PANs are invented."""

import pytest

from domain.errors import Invalid
from domain.gst.gstin import (
    GstinFault,
    GstinKind,
    GstinReason,
    GstinStatus,
    check_character,
    check_pan_agrees,
    parse_gstin,
    parse_own_gstin,
)

VALID = [
    "02AABCD1234E1ZK",
    "03BCDPK5678L2Z9",
    "08CDEFS9012M1ZN",
    "09DEFHT3456N3Z4",
    "11EFGTA7890P1ZT",
    "19FGHBB2345Q1ZR",
    "22GHIAC6789R1ZB",
    "26HIJLD0123S1Z8",
    "32IJKJE4567T1ZO",
    "38JKLGF8901U1ZI",
]
INVALID = [
    ("02AABCD1234E1ZL", "CHECK_DIGIT"),
    ("03BCDPK6578L2Z9", "CHECK_DIGIT"),
    ("39CDEFS9012M1ZI", "STATE"),
    ("00DEFHT3456N3ZM", "STATE"),
    ("19FGHBB2345Q0ZS", "FORMAT"),
    ("26HIJLDO123S1Z8", "FORMAT"),
    ("22GHIAC6789R1Z", "LENGTH"),
    ("32IJKJE4567T1ZO1", "LENGTH"),
    ("38JKLGF8901U1YK", "FORMAT"),
    ("02-ABCD1234E1ZK", "FORMAT"),
]


def with_check_character(fourteen: str) -> str:
    return fourteen + check_character(fourteen)


def test_the_worked_example_has_the_check_character_v() -> None:
    assert check_character("27AAPFU0939F1Z") == "V"
    assert parse_own_gstin("27AAPFU0939F1ZV").pan == "AAPFU0939F"


@pytest.mark.parametrize("number", VALID)
def test_a_valid_number_tells_its_state_and_its_pan(number: str) -> None:
    gstin = parse_own_gstin(number)
    assert (gstin.number, gstin.kind) == (number, GstinKind.REGULAR)
    assert (gstin.state_code, gstin.pan, gstin.status) == (number[:2], number[2:12], GstinStatus.VALID)


@pytest.mark.parametrize(("text", "reason"), INVALID)
def test_an_invalid_number_is_refused_as_ones_own_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(GstinFault) as fault:
        parse_own_gstin(text, field="gst_no")
    assert (fault.value.reason, fault.value.field) == (GstinReason(reason), "gst_no")
    assert fault.value.details == {"reason": reason}


@pytest.mark.parametrize(("text", "reason"), [row for row in INVALID if row[1] != "CHECK_DIGIT"])
def test_a_partys_number_of_wrong_shape_or_state_is_refused(text: str, reason: str) -> None:
    with pytest.raises(GstinFault) as fault:
        parse_gstin(text)
    assert fault.value.reason == reason


@pytest.mark.parametrize("text", ["27AABCC1234D1Z5", "02AABCD1234E1ZL"])
def test_a_partys_number_with_only_the_check_character_wrong_is_kept_and_marked(text: str) -> None:
    assert parse_gstin(text).status == GstinStatus.CHECK_DIGIT_MISMATCH


def test_blanks_and_small_letters_are_mended() -> None:
    assert parse_gstin("  27aapfu0939f1zv\n").number == "27AAPFU0939F1ZV"


def test_digits_of_other_scripts_are_no_digits() -> None:
    with pytest.raises(GstinFault):
        parse_gstin("٢٧AAPFU0939F1ZV")


@pytest.mark.parametrize(
    ("fourteen", "kind", "pan"),
    [
        ("0717USA00001UN", GstinKind.UIN, None),
        ("0717UNO00002ON", GstinKind.UIN, None),
        ("2917USA00003NR", GstinKind.NON_RESIDENT, None),
        ("9917USA29001OS", GstinKind.OIDAR, None),
        ("27MUMA12345B1D", GstinKind.TAX_DEDUCTOR, None),
        ("27AAPFU0939F1D", GstinKind.TAX_DEDUCTOR, None),
        ("27AAPFU0939F1C", GstinKind.TAX_COLLECTOR, "AAPFU0939F"),
        ("27AAPFU0939F12", GstinKind.REGULAR, "AAPFU0939F"),
        ("27AAPFU0939FAJ", GstinKind.REGULAR, "AAPFU0939F"),
    ],
)
def test_each_kind_is_told_by_its_shape(fourteen: str, kind: GstinKind, pan: str | None) -> None:
    gstin = parse_own_gstin(with_check_character(fourteen))
    assert (gstin.kind, gstin.pan) == (kind, pan)


def test_a_government_number_ends_in_a_digit() -> None:
    numbers = [parse_gstin(f"27MUMA1234{last}B1Z5") for last in range(10)]
    assert {number.kind for number in numbers} == {GstinKind.GOVERNMENT}
    assert {number.pan for number in numbers} == {None}


def test_the_state_of_a_number_is_todays_state() -> None:
    assert parse_gstin("27AAPFU0939F1ZV").state == "IN-MH"
    assert parse_gstin("25AAPFU0939F1ZV").state == "IN-DH"
    assert parse_gstin("28AAPFU0939F1ZV").state is None
    assert parse_gstin("0717USA00001UN7").state == "IN-DL"
    assert parse_gstin(with_check_character("2917USA00003NR")).state == "IN-KA"
    assert parse_gstin(with_check_character("9917UNO00001UN")).state is None
    assert parse_gstin(with_check_character("9917USA29001OS")).state is None


@pytest.mark.parametrize("fourteen", ["5017USA00001UN", "5017USA00003NR", "8817USA00001UN"])
def test_the_number_of_an_embassy_begins_with_a_state_that_there_is(fourteen: str) -> None:
    with pytest.raises(GstinFault) as fault:
        parse_gstin(with_check_character(fourteen))
    assert fault.value.reason == GstinReason.STATE


@pytest.mark.parametrize("fourteen", ["25AAPFU0939F1Z", "28AAPFU0939F1Z"])
def test_ones_own_registration_is_not_in_a_state_of_the_past(fourteen: str) -> None:
    with pytest.raises(GstinFault) as fault:
        parse_own_gstin(with_check_character(fourteen))
    assert fault.value.reason == GstinReason.STATE


@pytest.mark.parametrize("prefix", ["88", "96", "99"])
def test_a_transporters_enrolment_and_codes_that_are_no_state_are_refused(prefix: str) -> None:
    with pytest.raises(GstinFault) as fault:
        parse_gstin(with_check_character(f"{prefix}AAPFU0939F1Z"))
    assert fault.value.reason == GstinReason.STATE


def test_a_pan_must_be_the_one_inside_the_gstin() -> None:
    gstin = parse_gstin("27AAPFU0939F1ZV")
    check_pan_agrees("AAPFU0939F", gstin)
    check_pan_agrees("AAPFU0939F", parse_gstin("27MUMA12345B1D1"))
    with pytest.raises(Invalid) as refusal:
        check_pan_agrees("AABCD1234E", gstin, field="pan")
    assert refusal.value.field == "pan"
