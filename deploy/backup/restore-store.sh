#!/bin/sh
# Brings a backup of backup-store.sh back, into an empty place; it never overwrites.
#
#   DATABASE_URL=postgres://... deploy/backup/restore-store.sh DIRECTORY [--objects OBJECTS_DIRECTORY]
#   deploy/backup/restore-store.sh DIRECTORY --embedded DATA_DIR
#
# Then start a server of the version that made the backup, or of a newer one, and compare objects with the manifest.
set -eu
umask 077

fail() {
  echo "restore-store: $1" >&2
  exit 1
}

. "$(dirname -- "$0")/hide-password.sh"

[ $# -ge 1 ] || fail 'Say from where: restore-store.sh DIRECTORY'
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

is_empty() {
  [ ! -e "$1" ] || [ -z "$(ls -A "$1")" ]
}

(cd "$directory" && sha256sum --check --quiet SHA256SUMS) || fail "$directory is damaged: its checksums do not match."

if [ -n "$embedded" ]; then
  [ -f "$directory/data.tar.gz" ] || fail "$directory is no backup of an embedded store."
  is_empty "$embedded" || fail "$embedded is not empty: restore to a new directory."
  mkdir -p "$embedded"
  tar -C "$embedded" -xpzf "$directory/data.tar.gz"
  echo "Restored to $embedded. Start the server with DATA_DIR=$embedded."
  exit 0
fi

[ -n "${DATABASE_URL:-}" ] || fail 'Set DATABASE_URL, or use --embedded DATA_DIR.'
hide_password
want_primary
[ -z "$objects" ] || [ -f "$directory/objects.tar.gz" ] || fail "$directory has no objects: it was made without --objects."
[ -z "$objects" ] || is_empty "$objects" || fail "$objects is not empty: restore to a new directory."
query() {
  psql --no-psqlrc --quiet --tuples-only --no-align --dbname="$DATABASE_URL" --command="$1"
}
[ "$(query "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")" = 0 ] ||
  fail 'The database is not empty: create a new one and restore there.'
pg_restore --exit-on-error --single-transaction --no-owner --no-privileges --dbname="$DATABASE_URL" "$directory/store.dump"
expected=$(($(wc -l <"$directory/objects.tsv") - 1))
restored=$(query 'SELECT count(*) FROM object_instances')
[ "$restored" -eq "$expected" ] || fail "The manifest lists $expected object instances, the database has $restored."
query 'ANALYZE'
if [ -n "$objects" ]; then
  mkdir -p "$objects"
  tar -C "$objects" -xpzf "$directory/objects.tar.gz"
fi
echo "Restored: $restored object instances, as the manifest says."
