"""The returns of the books against the plain reckoning, figure by figure, and what must hold between the returns.

Source: gst-rules, part 19.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from domain.books import Books
from domain.gst.returns.amounts import NO_TAX
from domain.gst.returns.gstr1 import gstr1_of, read_supplies
from domain.gst.returns.gstr3b import Tables as Gstr3bTables
from domain.gst.returns.gstr3b import supplied, tables_of
from domain.gst.returns.gstr3b_file import upload_file
from domain.gst.returns.gstr3b_report import differences_of
from domain.gst.returns.period import month_of
from domain.gst.returns.portal_json import PortalFile, portal_json
from domain.gst.returns.purchases import inward_supplies
from domain.gst.returns.question import ReturnQuestion
from domain.gst.returns.tax_ledgers import moved_on_ledgers
from domain.statements import as_json, from_json
from tests.domain.founded import KARNATAKA, MAHARASHTRA
from tests.scenarios.histories.firms import Firm
from tests.scenarios.histories.plain_inward import summary
from tests.scenarios.histories.plain_outward import STATES, Account, outward
from tests.scenarios.histories.tables import NONE, Tables

Json = Mapping[str, Any]

_HEADS = ("txval", "iamt", "camt", "samt", "csamt")
_DATED = ("documents", "payments", "expenses", "bills_of_entry", "itc_adjustments")


async def check(books: Books, firm: Firm, now: Tables) -> None:
    """Hold every return of every month in which something happened against the plain reckoning."""
    if "composition" in firm.name:
        return
    months = {row["dated_on"][:7] for table in _DATED for row in now[table]}
    months |= {row["applied_on"][:7] for row in now["allocations"]}
    for gstin, branch_id in zip((MAHARASHTRA, KARNATAKA), firm.branches, strict=True):
        for month in sorted(months):
            await _check_month(books, gstin, branch_id, month, now)


async def _check_month(books: Books, gstin: str, branch_id: str, month: str, now: Tables) -> None:
    period = month_of(date.fromisoformat(f"{month}-01"))
    question = ReturnQuestion(gstin=gstin, from_on=period.first_day, to_on=period.last_day, period=period)
    read = await read_supplies(books, question)
    gstr1 = _written(portal_json(PortalFile(gstin, period.label, gstr1_of(question, read))))
    figures = tables_of(supplied(read.outward, read.advances), await inward_supplies(books, question))
    gstr3b = _written(upload_file(gstin, period, figures, interest=NO_TAX, late_fee=NO_TAX))
    where = f"{month} of {gstin}"
    _compare(f"GSTR-1 of {where}", dict(_gstr1(gstr1)), outward(now, [branch_id], month))
    plain = summary(now, [branch_id], month)
    shown = {**dict(_gstr3b(gstr3b)), **_between_states(figures.interstate)}
    _compare(f"GSTR-3B of {where}", shown, plain)
    check_sections_add_up(gstr1, gstr3b)
    await _check_ledgers(books, question, figures, where)


async def _check_ledgers(books: Books, question: ReturnQuestion, figures: Gstr3bTables, where: str) -> None:
    """Papers move output tax by 3.1, tax owed on reverse charge by 3.1(d), and credit by 4(C)."""
    for each in differences_of(await moved_on_ledgers(books, question), figures):
        assert each.difference == NO_TAX, f"{each.title} in {where}: {each.moved.by_papers}, not {each.returned}"


def check_sections_add_up(gstr1: Json, gstr3b: Json) -> None:
    """The sections of GSTR-1 come to the rows of 3.1, and the halves of table 12 to the sections behind them."""
    told = dict(_gstr1(gstr1))
    letters = {words[:3]: facts[-1] for words, facts in told.items() if words[0] == "cdnr" and len(words) == _NAMED}
    letters |= {words: facts[2] for words, facts in told.items() if words[0] == "cdnur" and isinstance(facts, tuple)}
    sections = _total(told, *_SECTIONS, name="txval")
    back = _total({words: amount for words, amount in told.items() if _letter(words, letters) == "C"}, name="txval")
    nil, advances = _total(told, "nil"), _total(told, "advances", name="ad_amt")
    supplies = gstr3b["sup_details"]
    told_in_3_1 = supplies["osup_det"]["txval"] + supplies["osup_zero"]["txval"]
    assert sections - 2 * back + advances == told_in_3_1, "sections and 3.1"
    assert nil == supplies["osup_nil_exmp"]["txval"] + supplies["osup_nongst"]["txval"], "table 8 and 3.1"
    assert _total(told, "hsn", name="txval") == sections - 2 * back + nil, "table 12 and the sections"


_SECTIONS = ("b2b", "b2cl", "b2cs", "exp", "cdnr", "cdnur")
_NAMED = 3


def _letter(words: tuple[Any, ...], letters: Mapping[tuple[Any, ...], str]) -> str | None:
    return letters.get(words[:3]) or letters.get(words[:2])


def _total(told: Account, *tables: str, name: str | None = None) -> Decimal:
    return sum(
        (
            amount
            for words, amount in told.items()
            if isinstance(amount, Decimal) and (not tables or words[0] in tables) and name in (None, words[-1])
        ),
        NONE,
    )


def _written(file: Json) -> Any:
    """The file as it is read again: numbers are exact."""
    return from_json(as_json(file))


def _compare(what: str, shown: Account, plain: Account) -> None:
    different = {
        words: (shown.get(words), plain.get(words))
        for words in shown.keys() | plain.keys()
        if shown.get(words) != plain.get(words)
    }
    assert not different, f"{what}: the books and the plain reckoning differ in {different}"


Told = Iterator[tuple[tuple[Any, ...], Any]]


# Where a table has its documents: the list under each group, the name of the group, the number, and what else is said.
_OF_DOCUMENTS = (
    ("b2b", "inv", "ctin", "inum", ("pos", "rchrg", "inv_typ")),
    ("b2cl", "inv", "pos", "inum", ("pos",)),
    ("exp", "inv", "exp_typ", "inum", ("exp_typ",)),
    ("cdnr", "nt", "ctin", "nt_num", ("pos", "rchrg", "inv_typ", "ntty")),
)


def _gstr1(file: Json) -> Told:
    """The file as a flat account, as the plain reckoning gives it."""
    for table, listed, group, number, names in _OF_DOCUMENTS:
        for head in file.get(table, ()):
            by = (head[group],) if group == "ctin" else ()
            for each in head[listed]:
                yield from _document((table, *by, each[number]), {group: head[group], **each}, *names)
    for each in file.get("cdnur", ()):
        yield from _document(("cdnur", each["nt_num"]), each, "ntty", "typ", "pos")
    for row in file.get("b2cs", ()):
        yield from _figures(("b2cs", row["pos"], row["rt"]), row)
    for row in file.get("nil", {}).get("inv", ()):
        yield from _figures(("nil", row["sply_ty"]), row, ("expt_amt", "nil_amt", "ngsup_amt"))
    yield from _operators(file)
    yield from _advances(file)
    yield from _codes(file)
    yield from _issued(file)


def _operators(file: Json) -> Told:
    for part, rows in file.get("supeco", {}).items():
        for row in rows:
            yield from _figures(("supeco", part, row["etin"]), row, ("suppval", "igst", "cgst", "sgst", "cess"))


def _codes(file: Json) -> Told:
    for half, rows in file.get("hsn", {}).items():
        sums: dict[tuple[Any, ...], Decimal] = defaultdict(Decimal)
        for row in rows:
            for words, amount in _figures(("hsn", half, row.get("hsn_sc") or "", row["rt"]), row):
                sums[words] += amount
        yield from ((words, amount) for words, amount in sums.items() if amount)


def _issued(file: Json) -> Told:
    for nature in file.get("doc_issue", {}).get("doc_det", ()):
        standing = sum(run["net_issue"] for run in nature["docs"])
        if nature["doc_num"] in (1, 4, 5) and standing:
            yield ("doc_issue", nature["doc_num"]), Decimal(standing)


def _advances(file: Json) -> Told:
    sums: dict[tuple[Any, ...], Decimal] = defaultdict(Decimal)
    for table, sign in (("at", 1), ("txpd", -1)):
        for place in file.get(table, ()):
            for item in place["itms"]:
                for name in ("ad_amt", "iamt", "camt", "samt"):
                    sums["advances", place["pos"], item["rt"], name] += sign * item.get(name, NONE)
    yield from ((words, amount) for words, amount in sums.items() if amount)


def _document(words: tuple[Any, ...], each: Json, *names: str) -> Told:
    day, month, year = (each.get("idt") or each["nt_dt"]).split("-")
    yield words, (f"{year}-{month}-{day}", each["val"], *(each.get(name) for name in names))
    for item in each["itms"]:
        detail = item.get("itm_det", item)
        yield from _figures((*words, detail["rt"]), detail)


def _figures(
    words: tuple[Any, ...], row: Json, names: Iterable[str] = _HEADS
) -> Iterator[tuple[tuple[Any, ...], Decimal]]:
    for name in names:
        if row.get(name):
            yield (*words, name), row[name]


_ROWS_OF_3_1 = {
    "osup_det": "3.1(a)",
    "osup_zero": "3.1(b)",
    "osup_nil_exmp": "3.1(c)",
    "isup_rev": "3.1(d)",
    "osup_nongst": "3.1(e)",
}
_ROWS_OF_4 = {
    "itc_avl": {"IMPG": "4(A)(1)", "IMPS": "4(A)(2)", "ISRC": "4(A)(3)", "ISD": "4(A)(4)", "OTH": "4(A)(5)"},
    "itc_rev": {"RUL": "4(B)(1)", "OTH": "4(B)(2)"},
    "itc_inelg": {"RUL": "4(D)(1)", "OTH": "4(D)(2)"},
}


def _gstr3b(file: Json) -> Told:
    for name, row in _ROWS_OF_3_1.items():
        yield from _figures((row,), file["sup_details"][name])
    yield from _figures(("3.1.1(ii)",), file["eco_dtls"]["eco_reg_sup"])
    for part, rows in _ROWS_OF_4.items():
        for each in file["itc_elg"][part]:
            yield from _figures((rows[each["ty"]],), each)
    for each in file["inward_sup"]["isup_details"]:
        for reach in ("inter", "intra"):
            if each[reach]:
                yield (f"5 {each['ty']}", reach), each[reach]


_RECIPIENTS = {"UNREGISTERED": "unreg", "COMPOSITION": "comp", "UIN": "uin"}


def _between_states(rows: Iterable[Any]) -> Account:
    told: Account = {}
    for row in rows:
        words = ("3.2", _RECIPIENTS[row.recipients], STATES[row.place_of_supply])
        told |= {(*words, name): amount for name, amount in (("txval", row.taxable), ("iamt", row.igst)) if amount}
    return told
