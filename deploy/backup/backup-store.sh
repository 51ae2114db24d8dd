#!/bin/sh
# Saves the store: the metadata, and a list of every media object (the object manifest).
#
#   DATABASE_URL=postgres://... deploy/backup/backup-store.sh DIRECTORY [--objects OBJECTS_DIRECTORY]
#   deploy/backup/backup-store.sh DIRECTORY --embedded DATA_DIR
#
# With DATABASE_URL: pg_dump while the server runs; needs the client programs of PostgreSQL, at least as new as the
# database (Debian: postgresql-client; newer ones: https://apt.postgresql.org). --objects also saves the files of a
# filesystem backend; media in S3 is kept safe by the store itself (versioning, replication).
# TEXTFILE_DIRECTORY: where to tell a node exporter when the backup ended (tams_backup.prom).
# With --embedded: a copy of DATA_DIR, for the embedded PostgreSQL, which comes without pg_dump. The server must be stopped.
set -eu
umask 077

fail() {
  echo "backup-store: $1" >&2
  exit 1
}

. "$(dirname -- "$0")/hide-password.sh"

[ $# -ge 1 ] || fail 'Say where to: backup-store.sh DIRECTORY'
directory=$1
shift
objects= embedded=
while [ $# -gt 0 ]; do
  [ $# -ge 2 ] || fail "$1 needs a directory."
  case $1 in
  --objects) objects=$2 ;;
  --embedded) embedded=$2 ;;
  *) fail "There is no option $1." ;;
  esac
  shift 2
done

[ ! -e "$directory" ] || fail "$directory exists already; each backup has a directory of its own."
mkdir -p "$directory.partial"

if [ -n "$embedded" ]; then
  [ -d "$embedded/postgres" ] || fail "$embedded has no embedded PostgreSQL."
  [ ! -e "$embedded/postgres/cluster/postmaster.pid" ] ||
    fail 'The embedded PostgreSQL runs: stop the server first, a copy of a running database is worthless.'
  tar -C "$embedded" -czf "$directory.partial/data.tar.gz" .
else
  [ -n "${DATABASE_URL:-}" ] || fail 'Set DATABASE_URL, or use --embedded DATA_DIR.'
  hide_password
  want_primary
  command -v pg_dump >/dev/null || fail 'pg_dump is missing: install the client of PostgreSQL (Debian: apt-get install postgresql-client).'
  pg_dump --format=custom --no-owner --no-privileges --file="$directory.partial/store.dump" --dbname="$DATABASE_URL" ||
    fail 'pg_dump failed. "server version mismatch" means that it is older than the database: install a newer client.'
  # From the dump and not from the database: so both are of the same moment.
  pg_restore --data-only --table=object_instances --file=- "$directory.partial/store.dump" |
    sed -n '/^COPY .*object_instances/,/^\\\.$/p' | sed '$d' >"$directory.partial/objects.tsv"
  [ -z "$objects" ] || tar -C "$objects" --exclude=./incoming -czf "$directory.partial/objects.tar.gz" .
fi

(cd "$directory.partial" && sha256sum -- * >SHA256SUMS)
# Only a backup that is whole gets its name.
mv "$directory.partial" "$directory"
# When the last whole backup ended, for a node exporter that reads text files: the alert TamsBackupOld looks at it.
if [ -n "${TEXTFILE_DIRECTORY:-}" ]; then
  metric=tams_backup_finished_timestamp_seconds
  printf '# HELP %s When the last backup of the store ended, in seconds since the epoch.\n# TYPE %s gauge\n%s %s\n' \
    "$metric" "$metric" "$metric" "$(date +%s)" >"$TEXTFILE_DIRECTORY/tams_backup.prom.partial"
  chmod 644 "$TEXTFILE_DIRECTORY/tams_backup.prom.partial"
  mv "$TEXTFILE_DIRECTORY/tams_backup.prom.partial" "$TEXTFILE_DIRECTORY/tams_backup.prom"
fi
echo "Saved to $directory:"
ls -lh "$directory"
