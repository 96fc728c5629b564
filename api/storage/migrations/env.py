"""The environment of our revisions: they run on the connection, and in the transaction, that alembic is handed."""

from alembic import context
from sqlalchemy import Connection

from projections.dialect import schema_of

connection: Connection = context.config.attributes["connection"]
context.configure(connection=connection, version_table_schema=schema_of(connection))
context.run_migrations()
