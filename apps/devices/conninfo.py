"""The ingest role's way to the database, for services that hold a connection of their own."""

import psycopg
from django.db import connections


def ingest_conninfo() -> str:
    """As psycopg wants it."""
    parameters = connections["ingest"].get_connection_params()
    names = ("host", "port", "dbname", "user", "password", "connect_timeout")
    return psycopg.conninfo.make_conninfo(**{name: parameters[name] for name in names if parameters.get(name)})
