"""Writing many rows by one parameter: PostgreSQL takes them out of JSON, set-based.

The ORM makes a placeholder of every cell, which Django, the driver and the server each parse anew: for the few thousand
cells of a tick that took longer than to compute them.
"""

from collections.abc import Iterable
from typing import Any

import msgspec
from django.db import connection


def write(sql: str, rows: Iterable[Any], *before: Any) -> None:
    """Run a statement whose last parameter is the rows, for `FROM json_to_recordset(%s) AS row (name type, …)`. They
    are dataclasses, structs or mappings, their fields the columns. `before`: its other parameters. No rows, no
    statement."""
    rows = list(rows)
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(sql, [*before, msgspec.json.encode(rows).decode()])
