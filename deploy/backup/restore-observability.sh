#!/bin/sh
# Brings a backup of backup-observability.sh back. What Prometheus and Grafana hold now is replaced.
#
#   deploy/backup/restore-observability.sh DIRECTORY
#
# Works on the services of docker-compose.yml; or, without Docker, on directories that do not exist yet:
# PROMETHEUS_DATA and GRAFANA_DATA, for programs you start afterwards.
set -eu
umask 077
cd "$(dirname "$0")/../.."
export COMPOSE_PROFILES=observability

fail() {
  echo "restore-observability: $1" >&2
  exit 1
}

[ $# -eq 1 ] && [ -d "$1/prometheus" ] || fail 'Say from where: restore-observability.sh DIRECTORY'
backup=$(cd "$1" && pwd)

if [ -n "${PROMETHEUS_DATA:-}" ]; then
  [ ! -e "$PROMETHEUS_DATA" ] || fail "$PROMETHEUS_DATA exists already."
  cp -R "$backup/prometheus" "$PROMETHEUS_DATA"
  if [ -n "${GRAFANA_DATA:-}" ]; then
    [ ! -e "$GRAFANA_DATA" ] || fail "$GRAFANA_DATA exists already."
    cp -R "$backup/grafana" "$GRAFANA_DATA"
  fi
else
  for service in prometheus grafana; do
    [ -d "$backup/$service" ] || continue
    case $service in prometheus) target=/prometheus ;; grafana) target=/var/lib/grafana ;; esac
    docker compose stop "$service"
    # As root of the container, which then gives the files to the user the service runs as.
    docker compose run --rm --no-deps --user 0 --entrypoint /bin/sh --volume "$backup/$service:/backup:ro" "$service" -c \
      "owner=\$(stat -c %u:%g $target) && rm -rf $target/* && cp -R /backup/. $target/ && chown -R \"\$owner\" $target"
    docker compose start "$service"
  done
fi
echo 'Restored.'
