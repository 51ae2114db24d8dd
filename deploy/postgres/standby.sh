#!/bin/sh
# A hot standby (profile ha of docker-compose.yml): copies the primary when its own directory is empty, then follows it.
# PRIMARY_HOST, PGUSER, PGPASSWORD and PGDATA come by the environment, settings of PostgreSQL as arguments.
set -eu
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  # Only a copy that is whole gets its name.
  rm -rf "$PGDATA.partial"
  pg_basebackup --dbname="host=$PRIMARY_HOST application_name=standby" --pgdata="$PGDATA.partial" \
    --wal-method=stream --checkpoint=fast --write-recovery-conf
  mv "$PGDATA.partial" "$PGDATA"
fi
exec postgres "$@"
