"""How changes are counted, so that a copy of a list can be kept up to date without missing one."""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Table, text

from models.schema import Key, metadata

# One row: on which line of transactions the shift of ``change_shift()`` holds, and the number that line began at.
# A database restored or failed over is on another line, whose transaction ids may begin anew; see decision 0022.
change_lines = Table(
    "change_lines",
    metadata,
    Column("is_only", Boolean, primary_key=True, server_default=text("true")),
    Column("system_identifier", BigInteger, nullable=False),
    Column("timeline", Key, nullable=False),
    Column("began_at", BigInteger, nullable=False),
    CheckConstraint("is_only", name="is_only"),
)
