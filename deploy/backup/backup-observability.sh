#!/bin/sh
# Saves the data of Prometheus (a snapshot, while it runs) and of Grafana (users and preferences; its dashboards are
# files of this repository).
#
#   deploy/backup/backup-observability.sh DIRECTORY
#
# Works on the services of docker-compose.yml; or, without Docker, on directories: PROMETHEUS_DATA and GRAFANA_DATA.
# PROMETHEUS_URL (default http://localhost:9090) needs --web.enable-admin-api, as shipped.
set -eu
umask 077
cd "$(dirname "$0")/../.."
export COMPOSE_PROFILES=observability

fail() {
  echo "backup-observability: $1" >&2
  exit 1
}

[ $# -eq 1 ] || fail 'Say where to: backup-observability.sh DIRECTORY'
[ ! -e "$1" ] || fail "$1 exists already; each backup has a directory of its own."
mkdir -p "$1.partial"

answer=$(curl --silent --show-error --fail --request POST "${PROMETHEUS_URL:-http://localhost:9090}/api/v1/admin/tsdb/snapshot") ||
  fail 'Prometheus made no snapshot: does it run, with --web.enable-admin-api?'
snapshot=$(printf %s "$answer" | sed -n 's/.*"name":"\([^"]*\)".*/\1/p')
[ -n "$snapshot" ] || fail "Prometheus answered $answer"
if [ -n "${PROMETHEUS_DATA:-}" ]; then
  cp -R "$PROMETHEUS_DATA/snapshots/$snapshot" "$1.partial/prometheus"
  rm -r "$PROMETHEUS_DATA/snapshots/$snapshot"
else
  docker compose cp "prometheus:/prometheus/snapshots/$snapshot" "$1.partial/prometheus"
  docker compose exec -T prometheus rm -r "/prometheus/snapshots/$snapshot"
fi

if [ -n "${GRAFANA_DATA:-}" ]; then
  cp -R "$GRAFANA_DATA" "$1.partial/grafana"
elif [ -z "${PROMETHEUS_DATA:-}" ]; then
  # Its database is a file: it must not change while it is copied.
  docker compose stop grafana
  docker compose cp grafana:/var/lib/grafana "$1.partial/grafana"
  docker compose start grafana
fi

mv "$1.partial" "$1"
echo "Saved to $1: $(du -sh "$1" | cut -f 1)"
