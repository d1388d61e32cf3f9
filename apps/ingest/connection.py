"""The ingest role's own connection: psycopg without the ORM, because a batch is thousands of rows."""

import psycopg
from django.db import connections

from apps.ingest.columns import Column, ColumnDumper


def connect(*, autocommit: bool = True) -> psycopg.Connection:
    """A connection as the ingest role. It is not Django's: transactions and reconnection are the caller's."""
    parameters = connections["ingest"].get_connection_params()
    for name in ("context", "cursor_factory"):
        parameters.pop(name, None)
    connection = psycopg.connect(**parameters, autocommit=autocommit, application_name="bodylink-ingest")
    connection.adapters.register_dumper(Column, ColumnDumper)
    return connection
