"""Alembic's environment, shared by all services: one linear history per schema."""

from alembic import context

config = context.config
connection = config.attributes["connection"]
module = config.attributes["module"]


def _own_schema(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "schema" or name == module.name


context.configure(
    connection=connection,
    target_metadata=module.metadata,
    version_table_schema=module.name,
    include_schemas=True,
    include_name=_own_schema,
    compare_type=True,
    compare_server_default=False,
)
with context.begin_transaction():
    context.run_migrations()
