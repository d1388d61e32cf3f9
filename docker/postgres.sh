#!/bin/sh
# Run once by the image of PostgreSQL, as its superuser, on an empty volume: the three roles of docs/configuration.md.
set -eu

psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    --set migrator="$DATABASE_MIGRATOR_PASSWORD" --set app="$DATABASE_APP_PASSWORD" --set ingest="$DATABASE_INGEST_PASSWORD" <<'SQL'
CREATE ROLE bodylink_migrator LOGIN PASSWORD :'migrator';
CREATE ROLE bodylink_app LOGIN PASSWORD :'app';
CREATE ROLE bodylink_ingest LOGIN PASSWORD :'ingest';
CREATE DATABASE bodylink OWNER bodylink_migrator;
\connect bodylink
CREATE EXTENSION btree_gist;
SQL
