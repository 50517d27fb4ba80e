"""Sheets as they come out of the books, for those who lay them out: within a state, for export, and a receipt."""

from domain.documents.printing.sheet import (
    Banner,
    Cell,
    Column,
    EInvoice,
    Fact,
    Party,
    PaymentCode,
    Sheet,
    Signature,
    Table,
    Total,
)

SELLER = Party(
    heading="",
    name="Sahyadri Workspaces Private Limited",
    address=("Unit 4, Nirmal Industrial Estate", "Andheri East", "Mumbai 400093, Maharashtra, India"),
    facts=(
        Fact("GSTIN", "27ZZSFS4321H1ZU"),
        Fact("PAN", "ZZSFS4321H"),
        Fact("State", "Maharashtra (27)"),
        Fact("Phone", "+91 22 5550 1234"),
        Fact("E-mail", "accounts@sahyadri.example"),
    ),
)
BUYER = Party(
    heading="Billed to",
    name="Sharma Traders",
    address=("14 Laxmi Road", "Pune 411030, Maharashtra, India"),
    facts=(Fact("GSTIN", "27AAPFU0939F1ZV"), Fact("State", "Maharashtra (27)")),
)
SIGNATURE = Signature("For Sahyadri Workspaces Private Limited", "Meera Kulkarni", "Authorised signatory")


def _row(*cells: str | tuple[str, str]) -> tuple[Cell, ...]:
    return tuple(Cell(cell) if isinstance(cell, str) else Cell(*cell) for cell in cells)


WITHIN_A_STATE = Sheet(
    title="Tax invoice",
    number="MUM/26-27/0042",
    file_name="MUM-26-27-0042",
    copies=("Original for recipient", "Duplicate for transporter", "Triplicate for supplier"),
    seller=SELLER,
    parties=(
        BUYER,
        Party(
            heading="Shipped to",
            name="Sharma Traders, warehouse",
            address=("Gat No. 211, Chakan", "Pune 410501, Maharashtra, India"),
            facts=(Fact("State", "Maharashtra (27)"),),
        ),
    ),
    facts=(
        Fact("Invoice number", "MUM/26-27/0042"),
        Fact("Date", "12 Nov 2026"),
        Fact("Due date", "12 Dec 2026"),
        Fact("Place of supply", "Maharashtra (27)"),
        Fact("Reverse charge", "No"),
        Fact("Reference", "PO-7781"),
    ),
    lines=Table(
        columns=(
            Column("serial", "#", "right"),
            Column("item", "Item"),
            Column("code", "HSN/SAC"),
            Column("quantity", "Quantity", "right"),
            Column("rate", "Rate", "right"),
            Column("discount", "Discount", "right"),
            Column("taxable", "Taxable value", "right"),
            Column("cgst", "CGST", "right"),
            Column("sgst", "SGST", "right"),
            Column("amount", "Amount", "right"),
        ),
        rows=(
            _row(
                "1",
                ("Reading lamp", "Brass, with dimmer; 2 years' warranty"),
                "940521",
                ("40", "PCS"),
                "1,250.00",
                ("2,500.00", "5%"),
                "47,500.00",
                ("4,275.00", "9%"),
                ("4,275.00", "9%"),
                "56,050.00",
            ),
            _row(
                "2",
                ("Conference table", "Teak, 3.6 m"),
                "940330",
                ("3", "PCS"),
                "84,000.00",
                "",
                "2,52,000.00",
                ("22,680.00", "9%"),
                ("22,680.00", "9%"),
                "2,97,360.00",
            ),
            _row(
                "3",
                "Assembly at site",
                "998739",
                "1",
                "12,500.45",
                "",
                "12,500.45",
                ("1,125.04", "9%"),
                ("1,125.04", "9%"),
                "14,750.53",
            ),
        ),
        foot=_row("", "Total", "", "", "", "2,500.00", "3,12,000.45", "28,080.04", "28,080.04", "3,68,160.53"),
    ),
    totals=(
        Total("Gross value", "3,14,500.45"),
        Total("Discount on lines", "-2,500.00"),
        Total("Taxable value", "3,12,000.45"),
        Total("CGST", "28,080.04"),
        Total("SGST", "28,080.04"),
        Total("Round-off", "0.47"),
        Total("Total", "₹3,68,161.00", is_grand=True),
        Total("Received", "-1,00,000.00"),
        Total("Balance due", "₹2,68,161.00"),
    ),
    amount_in_words="Rupees three lakh sixty-eight thousand one hundred sixty-one only",
    tax_in_words="Rupees fifty-six thousand one hundred sixty and eight paise only",
    taxes=Table(
        heading="Tax by HSN/SAC and rate",
        columns=(
            Column("code", "HSN/SAC"),
            Column("rate", "Rate", "right"),
            Column("taxable", "Taxable value", "right"),
            Column("cgst", "CGST", "right"),
            Column("sgst", "SGST", "right"),
            Column("tax", "Total tax", "right"),
        ),
        rows=(
            _row("940521", "18%", "47,500.00", "4,275.00", "4,275.00", "8,550.00"),
            _row("940330", "18%", "2,52,000.00", "22,680.00", "22,680.00", "45,360.00"),
            _row("998739", "18%", "12,500.45", "1,125.04", "1,125.04", "2,250.08"),
        ),
        foot=_row("Total", "", "3,12,000.45", "28,080.04", "28,080.04", "56,160.08"),
    ),
    einvoice=EInvoice(
        facts=(
            Fact("IRN", "1f0e4a2b9c6d8e7f3a5b1c2d4e6f8091a2b3c4d5e6f708192a3b4c5d6e7f8091"),
            Fact("Ack no.", "112610012345678"),
            Fact("Ack date", "12 Nov 2026, 11:42"),
        ),
        signed_qr="eyJhbGciOiJSUzI1NiIsImtpZCI6IjE1MTNCODIxRUU0NkM3NDlBNjNCODZFMzE4QkY3MTEwOTkyODdEMUYifQ."
        + "Qb7" * 330,
    ),
    bank=(
        Fact("Bank", "Bank of Maharashtra, Andheri East"),
        Fact("Account name", "Sahyadri Workspaces Private Limited"),
        Fact("Account number", "60123456789"),
        Fact("IFSC", "MAHB0000123"),
    ),
    payment_code=PaymentCode(
        payload="upi://pay?pa=sahyadri@upi&pn=Sahyadri%20Workspaces&am=268161.00&cu=INR&tn=MUM%2F26-27%2F0042&tr=MUM26270042",
        caption="Scan to pay ₹2,68,161.00",
        address="sahyadri@upi",
    ),
    notes="Delivered by our own van.\nPlease check the goods on arrival.",
    terms="Payment within 30 days of the date of the invoice.\nInterest at 18% a year on what is late.",
    declaration="We declare that this invoice shows the actual price of the goods and that all particulars are true.",
    statements=("Whether tax is payable on reverse charge: No.",),
    signature=SIGNATURE,
    footer="Sahyadri Workspaces · CIN U31000MH2015PTC000000 · www.sahyadri.example",
)

EXPORT = Sheet(
    title="Tax invoice",
    subtitle="Export invoice",
    number="MUM/26-27/0051",
    file_name="MUM-26-27-0051",
    banner=Banner("CANCELLED", "Cancelled on 20 Nov 2026: the order was withdrawn.", is_stamped=True),
    seller=SELLER,
    parties=(
        Party(
            heading="Billed to",
            name="Müller & Söhne GmbH",
            address=("Hafenstraße 7", "20457 Hamburg", "Germany"),
        ),
    ),
    facts=(
        Fact("Invoice number", "MUM/26-27/0051"),
        Fact("Date", "18 Nov 2026"),
        Fact("Place of supply", "Outside India (96)"),
        Fact("Country of destination", "Germany"),
        Fact("LUT", "AD270326001234X, valid until 31 Mar 2027"),
        Fact("Exchange rate", "1 EUR = ₹98.4500"),
    ),
    notices=("SUPPLY MEANT FOR EXPORT UNDER BOND OR LETTER OF UNDERTAKING WITHOUT PAYMENT OF INTEGRATED TAX",),
    lines=Table(
        columns=(
            Column("serial", "#", "right"),
            Column("item", "Item"),
            Column("code", "HSN/SAC"),
            Column("quantity", "Quantity", "right"),
            Column("rate", "Rate", "right"),
            Column("amount", "Amount (EUR)", "right"),
        ),
        rows=(_row("1", "Teak desk", "94033010", ("12", "PCS"), "640.00", "7,680.00"),),
        foot=_row("", "Total", "", "", "", "7,680.00"),
    ),
    totals=(
        Total("Taxable value", "7,680.00"),
        Total("Total", "€7,680.00", is_grand=True),
        Total("Value in rupees", "₹7,56,096.00"),
    ),
    amount_in_words="Euros seven thousand six hundred eighty only",
    statements=("Whether tax is payable on reverse charge: No.",),
    signature=SIGNATURE,
)

RECEIPT = Sheet(
    title="Receipt voucher",
    number="RV/26-27/0007",
    file_name="RV-26-27-0007",
    seller=SELLER,
    parties=(Party(heading="Received from", name="Sharma Traders", address=BUYER.address, facts=BUYER.facts),),
    facts=(
        Fact("Voucher number", "RV/26-27/0007"),
        Fact("Date", "14 Nov 2026"),
        Fact("Mode", "Bank transfer"),
        Fact("Reference (UTR)", "MAHB626318001234"),
    ),
    lines=Table(
        heading="Applied to",
        columns=(
            Column("item", "Document"),
            Column("date", "Date"),
            Column("figure", "Total", "right"),
            Column("amount", "Applied", "right"),
        ),
        rows=(_row("Invoice MUM/26-27/0042", "12 Nov 2026", "3,68,161.00", "1,00,000.00"),),
        foot=_row("Total", "", "", "1,00,000.00"),
    ),
    totals=(
        Total("Amount received", "₹1,20,000.00", is_grand=True),
        Total("Not yet applied", "20,000.00"),
    ),
    amount_in_words="Rupees one lakh twenty thousand only",
    signature=SIGNATURE,
)

SHEETS = {"within_a_state": WITHIN_A_STATE, "export": EXPORT, "receipt": RECEIPT}
"""All of them by name."""
