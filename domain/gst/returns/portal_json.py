"""GSTR-1 as the portal's file, written and read: the upload format of GSTN's returns offline tool.

Only the layout and the rounding are made here; the names are those of ``portal_names``. What is empty is left out, at
every level, and a nought stays. Source: files that the tool wrote, version 3.2.4 (captured in the tests of
github.com/onyb/gst), with its limit and its file name.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import Any

from domain.errors import Failed, Invalid
from domain.gst.returns.amounts import Tax, Taxed
from domain.gst.returns.documents_issued import NATURE_NAMES, Nature
from domain.gst.returns.gstr1 import Gstr1
from domain.gst.returns.portal_names import (
    AMOUNTS,
    OF_CODES,
    OF_DOCUMENTS,
    OF_OPERATORS,
    OF_PLACES,
    OF_PLACES_THROUGH_US,
    ONE_TAX,
    Name,
    Names,
)
from domain.gst.returns.rows import DocumentRow, HsnRow, IssuedRow, NilRow, OperatorRow, PlaceRow, RateRow
from domain.gst.supply import SupplyType
from domain.statements import as_json
from domain.values import Struct, replace

Json = dict[str, Any]

TOOL_VERSION = "GST3.2.4"
HASH = "hash"
"""The tool writes this word, and no hash."""
MOST_BYTES = 4_928_307
"""The largest file that the tool uploads in one piece: 4.7 MiB."""
_HUNDRED = 100
_INTER, _INTRA = SupplyType.INTER_STATE.value, SupplyType.INTRA_STATE.value


class PortalFile(Struct, frozen=True):
    """What a file says: whose return of which period (``MMYYYY``), and its tables."""

    gstin: str
    period: str
    tables: Gstr1


class Table(Struct, frozen=True):
    """A list of the file: its path there, the table of the return, and how its rows are written and read."""

    path: str
    name: str
    write: Callable[[Sequence[Any]], list[Json]]
    read: Callable[[Sequence[Json]], list[Any]]


def portal_json(file: PortalFile) -> Json:
    """Return the file as the portal reads it, in the tool's order; with nothing in it only its envelope is left."""
    written: Json = {"gstin": file.gstin, "fp": file.period, "version": TOOL_VERSION, "hash": HASH}
    for table in _TABLES:
        rows = getattr(file.tables, table.name)
        if rows:
            *outer, last = table.path.split(".")
            place = written.setdefault(outer[0], {}) if outer else written
            place[last] = table.write(rows)
    return written


def read_portal_json(written: Json) -> PortalFile:
    """Return what a file of the portal says; names that are not of the upload format are passed over."""
    tables = {}
    for table in _TABLES:
        found: Any = written
        for part in table.path.split("."):
            found = found.get(part) or {}
        if found:
            tables[table.name] = table.read(found)
    return PortalFile(written["gstin"], written["fp"], Gstr1(**tables))


def in_parts(file: PortalFile, *, most_bytes: int = MOST_BYTES) -> list[PortalFile]:
    """Return the file as parts, none of them larger than the portal takes.

    Documents are shared out; what is added up stays in one piece, at the end, because the portal replaces it.
    """
    size = len(as_json(portal_json(file)).encode())
    documents = [(name, row) for name in _OF_SINGLE_DOCUMENTS for row in getattr(file.tables, name)]
    if size <= most_bytes or not documents:
        return [file]
    each = max(1, len(documents) * most_bytes // (size + most_bytes))
    cut = [documents[start : start + each] for start in range(0, len(documents), each)]
    parts = [replace(file, tables=_tables_of(some)) for some in cut]
    rest = replace(file.tables, **dict.fromkeys(_OF_SINGLE_DOCUMENTS, ()))
    whole = [smaller for part in parts for smaller in in_parts(part, most_bytes=most_bytes)] if len(cut) > 1 else parts
    return [*whole, replace(file, tables=rest)] if rest != Gstr1() else whole


def _tables_of(documents: Iterable[tuple[str, DocumentRow]]) -> Gstr1:
    tables: dict[str, Any] = {}
    for name, row in documents:
        tables.setdefault(name, []).append(row)
    return Gstr1(**tables)


def part_of(file: PortalFile, number: int | None) -> PortalFile:
    """Return a part of a file by its number from 1, or the whole where none is named.

    Raises Failed where the whole is larger than the portal takes, Invalid for a part that it does not have.
    """
    parts = in_parts(file)
    if number is None and len(parts) > 1:
        raise Failed(f"The portal takes {MOST_BYTES} bytes at once; ask for part 1 to {len(parts)}.", field="part")
    if number is not None and number > len(parts):
        raise Invalid(f"The file has {len(parts)} part{'s' * (len(parts) > 1)}; {number} is not one.", field="part")
    return parts[(number or 1) - 1]


def file_name(gstin: str, made_on: date, *, part: int | None = None, form: str = "R1") -> str:
    """Return what the tool calls a file that was made on this day, without noughts: ``returns_2672026_R1_…``."""
    day = f"{made_on.day}{made_on.month}{made_on.year}"
    return f"returns_{day}_{form}_{gstin}_offline{'' if part is None else f'_{part}'}.json"


Writer = Callable[[Any], Any]
Writers = Sequence[tuple[str, Writer]]


def _writer(name: Name) -> Writer:
    if name.always is not None:
        return lambda _: name.always
    get, written, only = attrgetter(name.path), name.form.write, name.only
    if only is not None:
        return lambda row: written(get(row)) if row.supply_type == only else None

    def write(row: Any) -> Any:
        value = get(row)
        return None if value is None else written(value)

    return write


def _record(writers: Writers, row: Any) -> Json:
    return {name: value for name, write in writers if (value := write(row)) is not None}


_OF_ITEMS: Names = {**AMOUNTS, **ONE_TAX}
_ITEM_WRITERS = {
    supply_type: [
        (name, _writer(replace(_OF_ITEMS[name], only=None)))
        for name in ("txval", "rt", *ONE_TAX)
        if _OF_ITEMS[name].only in (None, supply_type)
    ]
    for supply_type in (_INTER, _INTRA)
}


def _bare_items(document: DocumentRow) -> list[Json]:
    writers = _ITEM_WRITERS[document.supply_type]
    return [_record(writers, item) for item in document.items]


def _items(document: DocumentRow) -> list[Json]:
    """The tool numbers an item by its rate: 1801 is that of 18 %."""
    writers = _ITEM_WRITERS[document.supply_type]
    return [{"num": int(item.rate * _HUNDRED) + 1, "itm_det": _record(writers, item)} for item in document.items]


_ITEMS: Mapping[str, Writer] = {"itms": _items, "bare_itms": _bare_items}


def _listed(path: str, row: type[Any], names: Names, members: str, *, group: str = "", within: str = "") -> Table:
    """A list of records with these ``members``; with a ``group`` they stand, as the list ``within``, under it.

    Groups within groups are told apart by a stroke, as are the names of their lists.
    """
    own, lists = _writers(names, members), within.split("/") if within else []
    levels = list(zip([_writers(names, each) for each in group.split("/")], lists, strict=False))

    def write(rows: Sequence[Any]) -> list[Json]:
        return _nested(rows, own, levels)

    def read(records: Sequence[Json]) -> list[Any]:
        return [_read_record(row, names, record) for record in _flat(records, lists)]

    return Table(path, path.replace(".", "_"), write, read)


def _nested(rows: Sequence[Any], own: Writers, levels: Sequence[tuple[Writers, str]]) -> list[Json]:
    if not levels:
        return [_record(own, each) for each in rows]
    (shared, within), *inner = levels
    groups: dict[tuple[Any, ...], tuple[Json, list[Any]]] = {}
    for each in rows:
        head = _record(shared, each)
        groups.setdefault(tuple(head.values()), (head, []))[1].append(each)
    return [{**head, within: _nested(some, own, inner)} for head, some in groups.values()]


def _flat(records: Sequence[Json], lists: Sequence[str]) -> Sequence[Json]:
    if not lists:
        return records
    within, *inner = lists
    return [{**head, **record} for head in records for record in _flat(head[within], inner)]


def _writers(names: Names, members: str) -> Writers:
    return [
        ("itms", _ITEMS[member]) if member in _ITEMS else (member, _writer(names[member])) for member in members.split()
    ]


def _read_record(row: type[Any], names: Names, record: Json) -> Any:
    values = _read_values(names, record)
    if "itms" in record and row is DocumentRow:
        details = [item.get("itm_det", item) for item in record["itms"]]
        values["items"] = tuple(RateRow(**_read_values(_OF_ITEMS, detail)) for detail in details)
        values.setdefault("supply_type", _INTER if "iamt" in details[0] else _INTRA)
    return row(**values)


def _read_values(names: Names, record: Json) -> dict[str, Any]:
    """The fields of a row, amounts by head put together again."""
    values: dict[str, Any] = {}
    amounts: dict[str, Any] = {}
    for member, written in record.items():
        name = names.get(member)
        if name is None or name.always is not None:
            continue
        part, _, head = name.path.partition("amounts.")
        (amounts if head else values)[head or part] = name.form.read(written)
    if amounts:
        tax = Tax(**{head.removeprefix("tax."): each for head, each in amounts.items() if head.startswith("tax.")})
        values["amounts"] = Taxed(taxable=amounts["taxable"], tax=tax)
    return values


_NIL_SUPPLIES = {
    (True, _INTER): "INTRB2B",
    (True, _INTRA): "INTRAB2B",
    (False, _INTER): "INTRB2C",
    (False, _INTRA): "INTRAB2C",
}
"""``INTR`` is between states."""


def _write_nil(rows: Sequence[NilRow]) -> list[Json]:
    return [
        {
            "sply_ty": _NIL_SUPPLIES[row.is_to_registered, row.supply_type],
            "expt_amt": row.exempt,
            "nil_amt": row.nil_rated,
            "ngsup_amt": row.non_gst,
        }
        for row in rows
    ]


def _read_nil(records: Sequence[Json]) -> list[NilRow]:
    meant = {word: key for key, word in _NIL_SUPPLIES.items()}
    amounts = ("nil_amt", "expt_amt", "ngsup_amt")
    return [
        NilRow(*meant[record["sply_ty"]], *(Decimal(record.get(name, 0)) for name in amounts)) for record in records
    ]


def _write_codes(rows: Sequence[HsnRow]) -> list[Json]:
    return [{"num": number, **_record(_CODE_WRITERS, row)} for number, row in enumerate(rows, start=1)]


_CODE_WRITERS = _writers(OF_CODES, "hsn_sc desc uqc qty rt txval iamt samt camt csamt")


def _read_codes(records: Sequence[Json]) -> list[HsnRow]:
    absent = {"hsn_sc": None, "qty": 0, "rt": 0}
    return [_read_record(HsnRow, OF_CODES, {**absent, **record}) for record in records]


def _write_issued(rows: Sequence[IssuedRow]) -> list[Json]:
    natures = dict.fromkeys(row.nature for row in rows)
    return [
        {
            "doc_num": nature,
            "doc_typ": NATURE_NAMES[Nature(nature)],
            "docs": [
                {
                    "num": number,
                    "from": row.first,
                    "to": row.last,
                    "totnum": row.count,
                    "cancel": row.cancelled,
                    "net_issue": row.net_issued,
                }
                for number, row in enumerate((each for each in rows if each.nature == nature), start=1)
            ],
        }
        for nature in natures
    ]


def _read_issued(records: Sequence[Json]) -> list[IssuedRow]:
    return [
        IssuedRow(record["doc_num"], run["from"], run["to"], run["totnum"], run["cancel"])
        for record in records
        for run in record["docs"]
    ]


def _documents(path: str, group: str, members: str, *, within: str = "inv") -> Table:
    return _listed(path, DocumentRow, OF_DOCUMENTS, members, group=group, within=within if group else "")


def _operators(path: str, members: str) -> Table:
    return _listed(path, OperatorRow, OF_OPERATORS, f"{members} suppval igst cgst sgst cess")


_TAXES = "iamt camt samt csamt"
"""Of which a row says the first, or the two after it."""
_INVOICE = "inum idt val pos rchrg diff_percent inv_typ itms"
_LARGE = "inum idt val diff_percent itms"
_EXPORT = "inum idt val sbpcode sbnum sbdt bare_itms"
_NOTE = "nt_num nt_dt ntty val pos diff_percent rchrg inv_typ itms"
_UNREGISTERED_NOTE = "nt_num nt_dt ntty val typ pos diff_percent itms"
_THROUGH_US = "sply_ty inum idt val pos inv_typ itms flag"
_ADVANCE = f"rt ad_amt {_TAXES}"

_TABLES: tuple[Table, ...] = (
    _documents("b2b", "ctin", _INVOICE),
    _documents("b2ba", "ctin", f"oinum oidt {_INVOICE}"),
    _documents("b2cl", "pos", _LARGE),
    _documents("b2cla", "pos", f"oinum oidt {_LARGE}"),
    _listed("b2cs", PlaceRow, OF_PLACES, f"sply_ty rt typ pos diff_percent txval {_TAXES}"),
    _listed(
        "b2csa", PlaceRow, OF_PLACES, f"rt txval {_TAXES}", group="omon sply_ty typ pos diff_percent", within="itms"
    ),
    Table("nil.inv", "nil", _write_nil, _read_nil),
    _documents("exp", "exp_typ", _EXPORT),
    _documents("expa", "exp_typ", f"oinum oidt {_EXPORT}"),
    _documents("cdnra", "ctin", f"ont_num ont_dt {_NOTE}", within="nt"),
    _listed("at", PlaceRow, OF_PLACES, _ADVANCE, group="pos sply_ty diff_percent", within="itms"),
    _listed("ata", PlaceRow, OF_PLACES, _ADVANCE, group="omon pos sply_ty diff_percent", within="itms"),
    _documents("cdnr", "ctin", _NOTE, within="nt"),
    _documents("cdnur", "", _UNREGISTERED_NOTE),
    _documents("cdnura", "", f"ont_num ont_dt {_UNREGISTERED_NOTE}"),
    Table("doc_issue.doc_det", "doc_issue", _write_issued, _read_issued),
    Table("hsn.data", "hsn", _write_codes, _read_codes),
    Table("hsn.hsn_b2b", "hsn_b2b", _write_codes, _read_codes),
    Table("hsn.hsn_b2c", "hsn_b2c", _write_codes, _read_codes),
    _operators("supeco.clttx", "etin"),
    _operators("supeco.paytx", "etin"),
    _operators("supecoa.clttxa", "omon oetin etin"),
    _operators("supecoa.paytxa", "omon oetin etin"),
    _documents("ecom.b2b", "stin rtin", _THROUGH_US),
    _listed("ecom.b2c", PlaceRow, OF_PLACES_THROUGH_US, "stin pos txval rt csamt sply_ty camt samt iamt flag"),
    _documents("ecom.urp2b", "rtin", _THROUGH_US),
    _listed("ecom.urp2c", PlaceRow, OF_PLACES_THROUGH_US, "pos txval rt csamt sply_ty camt samt iamt flag"),
    _documents("ecoma.b2ba", "stin rtin", f"oinum oidt {_THROUGH_US}"),
    _listed(
        "ecoma.b2ca",
        PlaceRow,
        OF_PLACES_THROUGH_US,
        f"rt txval {_TAXES}",
        group="pos/sply_ty stin ostin omon flag",
        within="posItms/itms",
    ),
    _documents("ecoma.urp2ba", "rtin", f"oinum oidt {_THROUGH_US}"),
    _listed(
        "ecoma.urp2ca",
        PlaceRow,
        OF_PLACES_THROUGH_US,
        f"rt txval {_TAXES}",
        group="omon sply_ty pos flag",
        within="itms",
    ),
    _listed("txpd", PlaceRow, OF_PLACES, _ADVANCE, group="pos sply_ty diff_percent", within="itms"),
    _listed("txpda", PlaceRow, OF_PLACES, _ADVANCE, group="omon pos sply_ty diff_percent", within="itms"),
)
"""The lists of the file, in the order in which the tool writes them."""

_OF_SINGLE_DOCUMENTS = (
    "b2b",
    "b2ba",
    "b2cl",
    "b2cla",
    "exp",
    "expa",
    "cdnra",
    "cdnr",
    "cdnur",
    "cdnura",
    "ecom_b2b",
    "ecom_urp2b",
    "ecoma_b2ba",
    "ecoma_urp2ba",
)
"""The tables of documents told one by one."""
