"""Reports on what contacts owe and are owed: aging, what is outstanding, statements of account."""

from functools import partial

from domain.documents.kinds import Side
from domain.reports import question
from handlers.asking import slice_question
from handlers.reports import Report
from handlers.shapes.reports import aging, outstanding, statements_of_account

_ar_aging = Report(
    name="ar_aging",
    title="Receivables by age",
    ask=slice_question("ar_aging", question.as_of),
    answer=partial(aging.answer, Side.SALE),
    show=aging.show,
    stream=partial(aging.stream, Side.SALE),
)
_ap_aging = Report(
    name="ap_aging",
    title="Payables by age",
    ask=slice_question("ap_aging", question.as_of),
    answer=partial(aging.answer, Side.PURCHASE),
    show=aging.show,
    stream=partial(aging.stream, Side.PURCHASE),
)
_outstanding_receivables = Report(
    name="outstanding_receivables",
    title="Outstanding receivables",
    ask=slice_question("outstanding_receivables", question.as_of, contact_field="customer_id"),
    answer=partial(outstanding.answer, Side.SALE),
    show=outstanding.show,
    stream=partial(outstanding.stream, Side.SALE),
)
_outstanding_payables = Report(
    name="outstanding_payables",
    title="Outstanding payables",
    ask=slice_question("outstanding_payables", question.as_of, contact_field="vendor_id"),
    answer=partial(outstanding.answer, Side.PURCHASE),
    show=outstanding.show,
    stream=partial(outstanding.stream, Side.PURCHASE),
)
_contact_statement = Report(
    name="contact_statement",
    title="Statement of account",
    ask=slice_question("contact_statement", question.between),
    answer=statements_of_account.answer,
    show=statements_of_account.show,
    stream=statements_of_account.stream,
)

get_ar_aging = _ar_aging.get
get_ap_aging = _ap_aging.get
get_outstanding_receivables = _outstanding_receivables.get
get_outstanding_payables = _outstanding_payables.get
get_contact_statement = _contact_statement.get
