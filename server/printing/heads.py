"""How a document begins: the banner, who sells and who buys, what it is called, and the e-invoice's code."""

from domain.documents.printing.sheet import Banner, Fact, Party, Sheet
from server.printing.codes import fitted, png, qr_code
from server.printing.designs import EINVOICE_LABEL, MARGIN, WIDTH, Design
from server.printing.pieces import Block, Box
from server.printing.stacks import Row, Stack, frame, lowered, side_by_side
from server.printing.wrapping import wrap

SIGNED_CODE = 168
"""34 mm, where 20 are asked: the 129 modules of a signed code have three dots of a 300 dpi printer each."""

_LOGO_WIDTH, _LOGO_HEIGHT = 330, 92
_SELLER = 515
_FACTS = 400
_FACTS_BESIDE_TWO = 300


def head_of(sheet: Sheet, design: Design, *, mark: str) -> list[Block]:
    """Return the blocks with which the first page begins."""
    begin = {"letterhead": _letterhead, "titled_box": _titled_box, "counter": _counter}[design.head]
    return _banner(sheet.banner, design) + begin(sheet, design, mark) + _notices(sheet, design)


def running_head(sheet: Sheet, design: Design, *, mark: str) -> Block:
    """Return what stands at the top of every further page: whose paper this is, and which."""
    left = Stack(design.styles, left=MARGIN, width=_SELLER - 60)
    name = wrap(sheet.seller.name, design.styles["running"], left.width)
    left.text("running", name[0] + ("…" if name[1:] else "") if name else "")
    right = Stack(design.styles, left=MARGIN + _SELLER - 40, width=WIDTH - _SELLER + 40, align="right")
    right.text("running_number", " · ".join(part for part in (sheet.title, sheet.number, mark) if part))
    if sheet.banner:
        right.text("running", sheet.banner.text)
    height = max(left.height, right.height) + 6
    block = side_by_side((left, right), [Box("running_rule", left=MARGIN, top=height, width=WIDTH, height=0)])
    return lowered(block, 0, height=height + 10)


def _banner(banner: Banner | None, design: Design) -> list[Block]:
    """A strip of its own over the whole width, so that it lies over nothing."""
    if banner is None:
        return []
    stack = Stack(design.styles, left=MARGIN + 14, width=WIDTH - 28)
    kind = "stamp" if banner.is_stamped else "banner"
    stack.text(f"{kind}_text", banner.text)
    stack.text(f"{kind}_note", banner.note)
    ground = Box(kind, left=MARGIN, top=0, width=WIDTH, height=stack.height + 14)
    return [lowered(side_by_side((stack,), (ground,)), 7, height=stack.height + 14 + max(design.gap, 10))]


def _notices(sheet: Sheet, design: Design) -> list[Block]:
    return [_notice(notice, design) for notice in sheet.notices]


def _notice(notice: str, design: Design) -> Block:
    stack = Stack(design.styles, left=MARGIN + 10, width=WIDTH - 20)
    stack.text("notice_text", notice)
    height = stack.height + 12
    ground = frame(left=MARGIN, top=0, width=WIDTH, height=height)
    if not design.is_framed:
        ground = Box("notice", left=MARGIN, top=0, width=WIDTH, height=height)
    return lowered(side_by_side((stack,), (ground,)), 6, height=height + design.gap * 3 // 4)


def _letterhead(sheet: Sheet, design: Design, mark: str) -> list[Block]:
    """Seller on the left, title and e-invoice on the right; below them buyers and facts in columns."""
    row = Row(design, _SELLER, WIDTH - _SELLER)
    seller, title = row.columns
    _set_seller(seller, sheet)
    title.align = "right"
    title.text("title", sheet.title)
    title.text("subtitle", sheet.subtitle)
    title.text("mark", mark)
    row.columns += _einvoice(sheet, design, left=title.left, width=title.width, top=title.height + 8)
    return [row.block(gap=design.gap), *_identities(sheet, design)]


def _titled_box(sheet: Sheet, design: Design, mark: str) -> list[Block]:
    """Title over a row of boxes: seller and e-invoice, then buyers and facts."""
    row = Row(design, _SELLER, WIDTH - _SELLER) if sheet.einvoice else Row(design, WIDTH)
    _set_seller(row.columns[0], sheet)
    last = row.columns[-1]
    if sheet.einvoice:
        row.columns += _einvoice(sheet, design, left=last.left, width=last.width, top=0)
    return [_title_box(sheet, design, mark), row.block(), *_identities(sheet, design)]


def _title_box(sheet: Sheet, design: Design, mark: str) -> Block:
    row = Row(design, WIDTH, boxes="title_box")
    _set_title(row.columns[0], sheet, mark)
    return row.block()


def _set_title(title: Stack, sheet: Sheet, mark: str) -> None:
    title.align = "centre"
    title.text("title", sheet.title)
    title.text("subtitle", sheet.subtitle)
    title.text("mark", mark)


def _identities(sheet: Sheet, design: Design) -> list[Block]:
    """One or two parties a row, and the facts of the document in the last column of the first row."""
    blocks = []
    for at in range(0, max(1, len(sheet.parties)), 2):
        parties = sheet.parties[at : at + 2]
        facts = sheet.facts if at == 0 else ()
        if not (parties or facts):
            continue
        blocks.append(_identity_row(parties, facts, design, number=sheet.number))
    return blocks


def _identity_row(parties: tuple[Party, ...], facts: tuple[Fact, ...], design: Design, *, number: str) -> Block:
    last = (0, WIDTH, _FACTS, _FACTS_BESIDE_TWO)[len(parties) + 1 if facts else 0]
    row = Row(design, *_shares(WIDTH - last, len(parties)), *([last] if facts else []))
    for column, party in zip(row.columns, parties, strict=False):
        _set_party(column, party)
    if facts:
        row.columns[-1].facts(facts, strong=number)
    return row.block(gap=design.gap, rule=True)


def _shares(room: int, count: int) -> list[int]:
    """Divide room into equal widths that add up to it."""
    return [room * (at + 1) // count - room * at // count for at in range(count)]


def _counter(sheet: Sheet, design: Design, mark: str) -> list[Block]:
    """As desktop programs print it: seller and buyers one below another, a grid of facts beside them."""
    top = Stack(design.styles, left=MARGIN, width=WIDTH)
    _set_title(top, sheet, mark)
    half = WIDTH // 2
    left, frames, height = _parties_below(sheet, design, width=half)
    right, cells, facts_height = _grid(sheet.facts, design, left=MARGIN + half, width=WIDTH - half)
    right += _einvoice(
        sheet, design, left=MARGIN + half + design.padding, width=WIDTH - half - 2 * design.padding, top=facts_height
    )
    height = max([height, facts_height, *(stack.height for stack in right)])
    frames += [*cells, frame(left=MARGIN, top=0, width=half, height=height)]
    frames.append(frame(left=MARGIN + half, top=0, width=WIDTH - half, height=height))
    return [
        lowered(side_by_side((top,)), 0, height=top.height + 6),
        lowered(side_by_side((*left, *right), frames), 0, height=height),
    ]


def _parties_below(sheet: Sheet, design: Design, *, width: int) -> tuple[list[Stack], list[Box], int]:
    """Set the seller and then the others, each in a box; return how far down they come, too."""
    stacks: list[Stack] = []
    boxes: list[Box] = []
    top = 0
    for party in (sheet.seller, *sheet.parties):
        stack = Stack(design.styles, left=MARGIN + design.padding, width=width - 2 * design.padding, top=top + 5)
        _set_seller(stack, sheet) if party is sheet.seller else _set_party(stack, party)
        boxes.append(frame(left=MARGIN, top=top, width=width, height=stack.height + 5 - top))
        top = stack.height + 5
        stacks.append(stack)
    return stacks, boxes, top


def _grid(facts: tuple[Fact, ...], design: Design, *, left: int, width: int) -> tuple[list[Stack], list[Box], int]:
    """Set facts into cells, two in a row; return how far down they come, too."""
    stacks: list[Stack] = []
    boxes: list[Box] = []
    top = 0
    halves = ((left, width // 2), (left + width // 2, width - width // 2))
    for at in range(0, len(facts), 2):
        cells = []
        for fact, (start, room) in zip(facts[at : at + 2], halves, strict=False):
            cell = Stack(design.styles, left=start + design.padding, width=room - 2 * design.padding, top=top + 3)
            cell.text("label", fact.label)
            cell.text("name", fact.value)
            cells.append(cell)
        bottom = max(cell.height for cell in cells) + 3
        boxes += [frame(left=start, top=top, width=room, height=bottom - top) for start, room in halves]
        stacks += cells
        top = bottom
    return stacks, boxes, top


def _set_seller(stack: Stack, sheet: Sheet) -> None:
    seller = sheet.seller
    if sheet.logo:
        width, height = fitted(sheet.logo, width=_LOGO_WIDTH, height=_LOGO_HEIGHT)
        if width:
            stack.picture("logo", png(sheet.logo), width=width, height=height)
            stack.space(10)
    stack.text("label", seller.heading)
    stack.text("seller", seller.name)
    for line in seller.address:
        stack.text("body", line)
    stack.space(4)
    stack.facts(seller.facts)


def _set_party(stack: Stack, party: Party) -> None:
    stack.text("label", party.heading)
    stack.text("name", party.name)
    for line in party.address:
        stack.text("body", line)
    stack.space(4)
    stack.facts(party.facts)


def _einvoice(sheet: Sheet, design: Design, *, left: int, width: int, top: int) -> list[Stack]:
    """Return the code at the right edge of a column, and the facts of the registration to the left of it."""
    if sheet.einvoice is None:
        return []
    facts = Stack(design.styles, left=left, width=width - SIGNED_CODE - 14, top=top + 6)
    facts.text("label", EINVOICE_LABEL)
    facts.captioned(sheet.einvoice.facts)
    code = Stack(design.styles, left=left + width - SIGNED_CODE, width=SIGNED_CODE, top=top, align="right")
    code.picture("code", qr_code(sheet.einvoice.signed_qr), width=SIGNED_CODE, height=SIGNED_CODE)
    return [facts, code]
