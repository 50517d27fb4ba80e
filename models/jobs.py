"""What is kept of jobs beside their queue, whose tables are procrastinate's."""

from sqlalchemy import BigInteger, Column, Table, Text

from models.schema import Key, instant, metadata

# One row for each thing that is counted by what came of it, such as the jobs of a task. Half-empty pages let each
# count be a cheap in-page update.
outcome_counts = Table(
    "outcome_counts",
    metadata,
    Column("kind", Key, primary_key=True),
    Column("name", Key, primary_key=True),
    Column("outcome", Key, primary_key=True),
    Column("number", BigInteger, nullable=False),
    postgresql_with={"fillfactor": "50"},
)

# Why a job failed, the last time.
job_failures = Table(
    "job_failures",
    metadata,
    Column("job_id", BigInteger, primary_key=True, autoincrement=False),
    instant("failed_at"),
    Column("error", Text, nullable=False),
)
