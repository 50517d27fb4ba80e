"""Run the migrations on the connection that the caller hands over (see ``server.postgres.migrations``)."""

from alembic import context

from models import metadata

_connection = context.config.attributes["connection"]
context.configure(
    connection=_connection,
    target_metadata=metadata,
    compare_server_default=False,
    on_version_apply=context.config.attributes.get("on_version_apply", ()),
    include_name=lambda name, type_, parents: not (type_ == "table" and (name or "").startswith("procrastinate_")),
)
with context.begin_transaction():
    context.run_migrations()
