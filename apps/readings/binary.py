"""Statements that move many bytes, in the transaction in force, past Django's cursor, which writes and reads bytes as
text: those are twice as many, and an hour of waves takes four times as long."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import psycopg
from django.db import connection


def rows(sql: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of a statement, which came in PostgreSQL's binary form."""
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        return cursor.execute(sql, parameters, binary=True).fetchall()


def insert(sql: str, values: Iterable[Sequence[Any]]) -> None:
    """The statement once for each of these."""
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.executemany(sql, values)
