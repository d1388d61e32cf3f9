"""What must exist in a cluster before migrations: roles, the database, its extension. Idempotent, by the superuser."""

import psycopg
from psycopg import Connection, sql

from apps.demo.services.errors import ServiceError
from apps.demo.services.secret_file import SecretFile

DATABASE = "bodylink"
#: The superuser. Used here and nowhere else: nothing that serves requests can name it.
BOOTSTRAP = "bodylink_bootstrap"
MIGRATOR = "bodylink_migrator"
APPLICATION = "bodylink_app"
INGEST = "bodylink_ingest"
#: The migrator may make databases (tests do); it owns the schema, and may make no roles.
_ATTRIBUTES = {
    MIGRATOR: "LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION CREATEDB",
    APPLICATION: "LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION NOCREATEDB",
    INGEST: "LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION NOCREATEDB",
}


class Cluster:
    """A running cluster's addresses and contents."""

    def __init__(self, host: str, port: int, secrets: SecretFile) -> None:
        self._host = host
        self._port = port
        self._secrets = secrets

    def url(self, role: str, database: str = DATABASE) -> str:
        return f"postgresql://{role}:{self._password(role)}@{self._host}:{self._port}/{database}"

    def ready(self) -> bool:
        """Whether the server answers; if so, everything is in place afterwards."""
        try:
            with self._connect("postgres") as connection:
                self._make_roles(connection)
                self._make_database(connection)
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise ServiceError(
                    "secrets.json does not belong to this database; remove the state directory"
                ) from None
            return False
        for database in ("template1", DATABASE):
            with self._connect(database) as connection:
                # btree_gist: "one patient per device at a time" is an exclusion constraint.
                connection.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        return True

    def _connect(self, database: str) -> Connection:
        return psycopg.connect(self.url(BOOTSTRAP, database), autocommit=True, connect_timeout=3)

    def _make_roles(self, connection: Connection) -> None:
        there = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
        for role, attributes in _ATTRIBUTES.items():
            verb = "ALTER" if role in there else "CREATE"
            connection.execute(
                sql.SQL("{} ROLE {} {} PASSWORD {}").format(
                    sql.SQL(verb), sql.Identifier(role), sql.SQL(attributes), sql.Literal(self._password(role))
                )
            )

    def _make_database(self, connection: Connection) -> None:
        database = sql.Identifier(DATABASE)
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, sql.Identifier(MIGRATOR)))
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
        readers = sql.SQL(", ").join(map(sql.Identifier, (APPLICATION, INGEST)))
        connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, readers))

    def _password(self, role: str) -> str:
        return self._secrets.get(f"postgres-{role}")
