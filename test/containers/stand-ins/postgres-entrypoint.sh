#!/bin/sh
# What the official image does at its first start with a fresh volume, in short: a cluster, a password, a database.
set -eu
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  printf '%s\n' "${POSTGRES_PASSWORD:?}" > /tmp/password
  initdb --username=postgres --pwfile=/tmp/password --auth-local=trust --auth-host=scram-sha-256 \
    --encoding=UTF8 --locale=C.UTF-8 > /dev/null
  rm /tmp/password
  echo 'host all all all scram-sha-256' >> "$PGDATA/pg_hba.conf"
  echo "listen_addresses = '*'" >> "$PGDATA/postgresql.conf"
  # Listens on its socket only until the database is there, so that nobody finds it half made.
  pg_ctl --wait --silent -o "-c listen_addresses=''" start
  createdb --username=postgres "${POSTGRES_DB:-postgres}"
  pg_ctl --wait --silent --mode=fast stop
fi
exec "$@"
