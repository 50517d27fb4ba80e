"""What follows the lines: the sum, words, bank, taxes by rate, notes and terms, and who signs."""

from domain.documents.printing.sheet import Sheet, Signature, Total
from domain.values import replace
from server.printing import designs
from server.printing.codes import fitted, png, qr_code
from server.printing.designs import MARGIN, WIDTH, Design
from server.printing.measure import width_of
from server.printing.pieces import Block, Box, Text
from server.printing.stacks import Row, Stack, frame
from server.printing.tables import INNER, Grid, Unit, table_units
from server.printing.wrapping import wrap

PAYMENT_CODE = 118
"""24 mm for the some 45 modules of a UPI code."""

_PAYMENT_WIDTH = 150
_TOTALS = 370
_CLOSING = 545
_WORDS = 515
_BESIDE_SIGNATURE = 300
"""Texts up to this height stand beside the signature; longer ones go over the whole width, line by line."""

_SIGNATURE_WIDTH, _SIGNATURE_HEIGHT = 230, 70


def units_of(sheet: Sheet, design: Design) -> list[Unit]:
    """Return everything that follows the head, in order."""
    last_column = _widest(sheet.totals, design) + 2 * INNER if design.are_totals_rows else 0
    lines = _growing(sheet, design, table_units(sheet.lines, design, last_column=last_column))
    if design.are_totals_rows:
        units = [*lines, *_total_rows(sheet, design, lines), _words(sheet, design)]
    else:
        units = [*lines, _gap(design), _sum(sheet, design)]
    for table in (sheet.taxes, *sheet.further_tables):
        if table:
            units += [*table_units(table, design, shrunk=2), _gap(design)]
    return [*units, *_closing(sheet, design)]


def _gap(design: Design) -> Unit:
    return Unit(Block(height=design.gap), stays_with_next=True)


def _growing(sheet: Sheet, design: Design, lines: list[Unit]) -> list[Unit]:
    """Let the last row stay with the sum, and in a framed look let the table reach down to it."""
    kept = 2 if sheet.lines.foot else 1
    rows = [*lines[:-kept], *(replace(unit, stays_with_next=True) for unit in lines[-kept:])]
    if not design.is_framed or not rows or rows[-1].grid is None:
        return rows
    space = Unit(Block(height=0), rows[-1].grid, stays_with_next=True, grows=True)
    rows.insert(len(rows) - 1 if sheet.lines.foot else len(rows), space)
    return rows


def _widest(totals: tuple[Total, ...], design: Design) -> int:
    return max((width_of(total.value, design.styles[_styles_of(total)[1]]) for total in totals), default=0)


def _styles_of(total: Total) -> tuple[str, str]:
    return ("grand_label", "grand") if total.is_grand else ("total_label", "total")


def _sum(sheet: Sheet, design: Design) -> Unit:
    """Words, bank and payment code on the left, the sum on the right."""
    row = Row(design, WIDTH - _TOTALS, _TOTALS)
    left, right = row.columns
    _set_words(left, sheet)
    if sheet.bank or sheet.payment_code:
        left.space(10)
        row.columns += _set_bank(left, sheet, design)
    boxes = _set_totals(right, sheet.totals, design)
    block = row.block(gap=design.gap)
    down = design.padding if design.is_framed else 0
    grounds = tuple(replace(box, top=box.top + down) for box in boxes)
    return Unit(replace(block, boxes=(*block.boxes, *grounds)))


def _set_words(stack: Stack, sheet: Sheet) -> None:
    for label, words in ((designs.WORDS_LABEL, sheet.amount_in_words), (designs.TAX_WORDS_LABEL, sheet.tax_in_words)):
        if words:
            stack.text("label", label)
            stack.text("words", words)
            stack.space(6)


def _set_bank(stack: Stack, sheet: Sheet, design: Design) -> list[Stack]:
    """Return the bank's column, and to the right of it the code to pay with; both begin where a column has come to."""
    room = _PAYMENT_WIDTH + 10 if sheet.payment_code else 0
    bank = Stack(design.styles, left=stack.left, width=stack.width - room, top=stack.height)
    if sheet.bank:
        bank.text("label", designs.BANK_LABEL)
        bank.space(2)
        bank.facts(sheet.bank)
    return [bank, *_payment_code(stack, sheet, design)]


def _payment_code(stack: Stack, sheet: Sheet, design: Design) -> list[Stack]:
    """Return the code to pay with, at the right edge of a column."""
    code = sheet.payment_code
    if code is None:
        return []
    left = stack.left + stack.width - _PAYMENT_WIDTH
    pay = Stack(design.styles, left=left, width=_PAYMENT_WIDTH, top=stack.height, align="centre")
    pay.text("label", designs.PAY_LABEL)
    pay.picture("code", qr_code(code.payload), width=PAYMENT_CODE, height=PAYMENT_CODE)
    pay.text("small", code.caption)
    pay.text("small", code.address)
    return [pay]


def _set_totals(stack: Stack, totals: tuple[Total, ...], design: Design) -> list[Box]:
    """Set the sum line by line; return the ground or the rules of the one line that stands out."""
    boxes = []
    padding = 10
    inner = Stack(design.styles, left=stack.left + padding, width=stack.width - 2 * padding)
    for total in totals:
        label, value = _styles_of(total)
        top = inner.height
        room = 8 if total.is_grand else 3
        inner.space(room)
        inner.pair(
            (label, total.label),
            (value, total.value),
            value_width=min(width_of(total.value, design.styles[value]), inner.width - 60),
        )
        inner.space(room)
        if total.is_grand:
            style = "grand_filled" if design.is_total_filled else "grand_ruled"
            boxes.append(Box(style, left=stack.left, top=top, width=stack.width, height=inner.height - top))
    stack.texts += inner.texts
    stack.height = inner.height
    return boxes


def _total_rows(sheet: Sheet, design: Design, lines: list[Unit]) -> list[Unit]:
    """Set the sum as rows of the table of lines itself: labels below the items, figures below the last column."""
    grid = next((unit.grid for unit in lines if unit.grid), None)
    if grid is None or grid.item == len(grid.edges) - 2:  # there is no column for labels beside the last one
        return [_sum(sheet, design)]
    return [
        Unit(_total_row(total, grid, design), grid, stays_with_next=at < len(sheet.totals) - 1)
        for at, total in enumerate(sheet.totals)
    ]


def _total_row(total: Total, grid: Grid, design: Design) -> Block:
    label, value = _styles_of(total)
    left, right = grid.edges[grid.item] + INNER, grid.edges[grid.item + 1] - INNER
    last_left, last_right = grid.edges[-2] + INNER, grid.edges[-1] - INNER
    labels = wrap(total.label, design.styles[label], right - left)
    values = wrap(total.value, design.styles[value], last_right - last_left)
    top = 5 if total.is_grand else 1
    height = max(len(labels) * design.styles[label].leading, len(values) * design.styles[value].leading) + 2 * top
    texts = (
        Text(label, left, top, right - left, labels, "right"),
        Text(value, last_left, top, last_right - last_left, values, "right"),
    )
    boxes = (frame(left=MARGIN, top=0, width=WIDTH, height=height, style="table_foot"),) if total.is_grand else ()
    return Block(height=height, texts=tuple(text for text in texts if text.lines), boxes=boxes)


def _words(sheet: Sheet, design: Design) -> Unit:
    """Words on the left, the bank on the right of them."""
    row = Row(design, *((_WORDS, WIDTH - _WORDS) if sheet.bank else (WIDTH,)))
    _set_words(row.columns[0], sheet)
    if sheet.bank:
        row.columns[1].text("label", designs.BANK_LABEL)
        row.columns[1].facts(sheet.bank)
    return Unit(row.block(gap=design.gap))


def _closing(sheet: Sheet, design: Design) -> list[Unit]:
    """Notes, terms and declaration beside the signature if they are short, above it if they are long."""
    row = _signed_row(sheet, design)
    texts = row.columns[0]
    _set_texts(texts, sheet)
    if texts.height <= _BESIDE_SIGNATURE:
        return [Unit(row.block())] if row.block().texts else []
    return [*_lines_of_texts(sheet, design), Unit(_signed_row(sheet, design).block())]


def _signed_row(sheet: Sheet, design: Design) -> Row:
    """Return a row with room for texts on the left, and the signature on the right; with the code that has no place."""
    row = Row(design, _CLOSING, WIDTH - _CLOSING)
    texts, signature = row.columns
    _set_signature(signature, sheet.signature)
    if design.are_totals_rows:
        row.columns += _payment_code(texts, sheet, design)
        texts.width -= _PAYMENT_WIDTH + 10 if sheet.payment_code else 0
    return row


def _set_texts(stack: Stack, sheet: Sheet) -> None:
    labelled = (
        (designs.NOTES_LABEL, sheet.notes),
        (designs.TERMS_LABEL, sheet.terms),
        (designs.DECLARATION_LABEL, sheet.declaration),
        ("", "\n".join(sheet.statements)),
    )
    for label, text in labelled:
        if text:
            stack.text("label", label)
            stack.text("note", text)
            stack.space(6)


def _lines_of_texts(sheet: Sheet, design: Design) -> list[Unit]:
    """Cut the texts into lines, each of which may begin a page; a label stays with its first line."""
    inner = design.padding if design.is_framed else 0
    stack = Stack(design.styles, left=MARGIN + inner, width=WIDTH - 2 * inner)
    _set_texts(stack, sheet)
    units = []
    for text in stack.texts:
        leading = design.styles[text.style].leading
        for line in text.lines:
            block = Block(height=leading, texts=(replace(text, top=0, lines=(line,)),))
            units.append(Unit(_sided(block, design), stays_with_next=text.style == "label"))
        if text.style != "label":
            units.append(Unit(_sided(Block(height=6), design)))
    return units


def _sided(block: Block, design: Design) -> Block:
    sides = frame(left=MARGIN, top=0, width=WIDTH, height=block.height, style="sides")
    return replace(block, boxes=(sides,)) if design.is_framed else block


def _set_signature(stack: Stack, signature: Signature) -> None:
    if signature == Signature():
        return
    stack.align = "right"
    stack.text("sign", signature.for_whom)
    width, height = 0, 0
    if signature.picture:
        width, height = fitted(signature.picture, width=_SIGNATURE_WIDTH, height=_SIGNATURE_HEIGHT)
    stack.space(6)
    if signature.picture and width:
        stack.picture("signature", png(signature.picture), width=width, height=height)
    else:
        stack.space(_SIGNATURE_HEIGHT - 16)
    stack.space(4)
    stack.text("body", signature.name)
    stack.text("note", signature.title)
