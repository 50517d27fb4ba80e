"""The rates of compensation cess on tobacco and pan masala in per cent, which old documents and notes to them need."""

from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

SINCE, UNTIL = date(2017, 7, 1), date(2026, 1, 31)
TAXES = sa.table(
    "taxes",
    *(sa.column(name, sa.Text) for name in ("id", "name", "shape")),
    *(sa.column(name, sa.Numeric) for name in ("tax_percentage", "cgst", "sgst", "igst", "cess")),
    *(sa.column(name, sa.Date) for name in ("effective_from", "effective_to")),
)
# Id, name, shape, CGST (and SGST), IGST and cess.
ROWS = (
    ("tx_5w7h9marzch0rveprb0g9g0tbn", "GST 28% and cess 11%", "INTRA_STATE", "14", "0", "11"),
    ("tx_53fjrggcxgghgvzwav2rpk2gye", "IGST 28% and cess 11%", "INTER_STATE", "0", "28", "11"),
    ("tx_4wdxd9c7jsg1rtkw27hypb7w31", "GST 28% and cess 12.5%", "INTRA_STATE", "14", "0", "12.5"),
    ("tx_3da9hdyxqcg7es38w9kaqhkhdc", "IGST 28% and cess 12.5%", "INTER_STATE", "0", "28", "12.5"),
    ("tx_3t17pyt1csh2gvr4wtjy2vcwtn", "GST 28% and cess 21%", "INTRA_STATE", "14", "0", "21"),
    ("tx_0w12g421d1g988ax5k93t3g030", "IGST 28% and cess 21%", "INTER_STATE", "0", "28", "21"),
    ("tx_60jfghgxg8g6f9qbmxx5xb69xw", "GST 28% and cess 60%", "INTRA_STATE", "14", "0", "60"),
    ("tx_70e0w8sgb3gqc96gp6t48q8y5h", "IGST 28% and cess 60%", "INTER_STATE", "0", "28", "60"),
    ("tx_7e0gegyj2rh1n967qg6sdehahs", "GST 28% and cess 61%", "INTRA_STATE", "14", "0", "61"),
    ("tx_01mfyjn33ghbztsmsstm6sd1xk", "IGST 28% and cess 61%", "INTER_STATE", "0", "28", "61"),
    ("tx_4swjsymrrmg3gv70jvz3f91x03", "GST 28% and cess 65%", "INTRA_STATE", "14", "0", "65"),
    ("tx_0bqcck82k3gqq9c85hw8vk9tn7", "IGST 28% and cess 65%", "INTER_STATE", "0", "28", "65"),
    ("tx_6a02dp97wdhjd8m2kyfyxbt0qe", "GST 28% and cess 71%", "INTRA_STATE", "14", "0", "71"),
    ("tx_7xy1nze4mxhthbbvxprdba68rt", "IGST 28% and cess 71%", "INTER_STATE", "0", "28", "71"),
    ("tx_5zdcf9a5qhhvft8mpp300knd5s", "GST 28% and cess 72%", "INTRA_STATE", "14", "0", "72"),
    ("tx_4xxbf0yrc4gkv8k4jw2h0xhvv1", "IGST 28% and cess 72%", "INTER_STATE", "0", "28", "72"),
    ("tx_4rt3r96gr2hbja4m4k35n1vt1s", "GST 28% and cess 89%", "INTRA_STATE", "14", "0", "89"),
    ("tx_6ntvsxjt7mhyd8mx29zewbwrkf", "IGST 28% and cess 89%", "INTER_STATE", "0", "28", "89"),
    ("tx_2dsrmmtcvehkdbpakwgv1fne2x", "GST 28% and cess 96%", "INTRA_STATE", "14", "0", "96"),
    ("tx_47k7bnhbxqhfqrj4fvh30b7dky", "IGST 28% and cess 96%", "INTER_STATE", "0", "28", "96"),
    ("tx_5ge1t62hm9gwfa9xam6h38bcfz", "GST 28% and cess 142%", "INTRA_STATE", "14", "0", "142"),
    ("tx_4mr8x0qqpehwpsbk5xayjqd9cj", "IGST 28% and cess 142%", "INTER_STATE", "0", "28", "142"),
    ("tx_1xycxw87e8h2nr0fwg3ac80ep5", "GST 28% and cess 160%", "INTRA_STATE", "14", "0", "160"),
    ("tx_4b772xjr0dgf49bkqsayckvpdx", "IGST 28% and cess 160%", "INTER_STATE", "0", "28", "160"),
    ("tx_6fg8hwbbt8gtyvyde84x5mbtek", "GST 28% and cess 204%", "INTRA_STATE", "14", "0", "204"),
    ("tx_7j0m12qbmchcrr74wg2e10e5x1", "IGST 28% and cess 204%", "INTER_STATE", "0", "28", "204"),
    ("tx_3zzb9v15w9h2ybp3bsn22f9p7x", "GST 28% and cess 290%", "INTRA_STATE", "14", "0", "290"),
    ("tx_4jsb2rg8t9gpsa6c9x46d7rj7t", "IGST 28% and cess 290%", "INTER_STATE", "0", "28", "290"),
)


def upgrade() -> None:
    """Insert the rows."""
    op.bulk_insert(
        TAXES,
        [
            {
                "id": key,
                "name": name,
                "shape": shape,
                "tax_percentage": 28,
                "cgst": Decimal(half),
                "sgst": Decimal(half),
                "igst": Decimal(igst),
                "cess": Decimal(cess),
                "effective_from": SINCE,
                "effective_to": UNTIL,
            }
            for key, name, shape, half, igst, cess in ROWS
        ],
    )


def downgrade() -> None:
    """Remove the rows."""
    op.execute(TAXES.delete().where(TAXES.c.id.in_([row[0] for row in ROWS])))
