#!/bin/sh
# Starts TAMS with its observability stack and waits until every service is ready.
#   ./start-observability.sh              everything
#   ./start-observability.sh --s3         with an S3-compatible object store
#   ./start-observability.sh --collector  with an OpenTelemetry Collector between the server and Jaeger
#   ./start-observability.sh --only       without the TAMS server: to watch one that runs elsewhere (docs/operations.md)
#   ./start-observability.sh --check      only looks whether it could start
#   ./start-observability.sh --help       prints this
# Settings come from .env (see .env.example); without one, it is made with a password of its own. docs/operations.md tells more.
set -eu
cd "$(dirname "$0")"

usage() {
  sed -n '2,9s/^# \{0,1\}//p' "$0"
}

profiles=api,observability
check_only=
collector=
for argument in "$@"; do
  case $argument in
  --s3) profiles="$profiles,s3" ;;
  --collector) collector=yes ;;
  --only) profiles=observability ;;
  --check) check_only=yes ;;
  --help | -h)
    usage
    exit 0
    ;;
  *)
    usage >&2
    echo "start-observability: there is no option $argument" >&2
    exit 64
    ;;
  esac
done

fail() {
  echo "start-observability: $1" >&2
  exit 1
}

. ./deploy/env-file.sh

# The variables this script needs; the environment wins over .env, as with docker compose.
setting() {
  eval "value=\${$1:-}"
  [ -n "$value" ] || value=$(env_value "$1") || value=
  printf %s "${value:-$2}"
}

port_is_taken() {
  if command -v ss >/dev/null; then
    ss -Hltn "sport = :$1" | grep -q .
  elif command -v lsof >/dev/null; then
    lsof -iTCP:"$1" -sTCP:LISTEN >/dev/null 2>&1
  else
    return 1
  fi
}

# A first start on a developer's machine needs no preparation. The password is nobody else's, and only its owner may read it.
make_settings() {
  [ "$(setting TAMS_ENV development)" != production ] ||
    fail 'There is no .env. Do: cp .env.example .env   (and set the passwords in it: TAMS_ENV is production)'
  password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  (umask 077 && sed "s/^POSTGRES_PASSWORD=.*/POSTGRES_PASSWORD=$password/" .env.example >.env)
  echo 'Made .env with a random POSTGRES_PASSWORD; Grafana is admin/admin until you change it there.'
}

preflight() {
  command -v docker >/dev/null || fail 'Docker is not installed: https://docs.docker.com/engine/install/'
  docker compose version >/dev/null 2>&1 ||
    fail 'Docker has no "compose" command: install its plugin (package docker-compose-plugin).'
  docker info >/dev/null 2>&1 ||
    fail 'The Docker engine does not answer: is it running, and may you use it? Try: docker info'
  [ -f .env ] || [ -n "${POSTGRES_PASSWORD:-}" ] || make_settings
  if [ "$(setting TAMS_ENV development)" = production ]; then
    case $(setting GRAFANA_ADMIN_PASSWORD admin) in admin | password | grafana | changeme)
      fail 'REFUSED: TAMS_ENV=production with a well-known Grafana password. Set GRAFANA_ADMIN_PASSWORD in .env.' ;;
    esac
    case $(setting POSTGRES_PASSWORD '') in '' | tams-development)
      fail 'REFUSED: TAMS_ENV=production with the example POSTGRES_PASSWORD. Set another one in .env.' ;;
    esac
  fi
  docker compose config --quiet || fail 'docker-compose.yml or .env has a mistake; see above.'
  if [ -z "$(docker compose ps --quiet 2>/dev/null)" ]; then
    for entry in $(ports); do
      port=${entry#*=}
      ! port_is_taken "$port" ||
        fail "Port $port is taken by another program. Stop it, or choose another port: ${entry%=*}=... in .env"
    done
  fi
}

ports() {
  case $profiles in *api*) echo "API_PORT=$(setting API_PORT 8000)" ;; esac
  case $profiles in *s3*) echo "S3_PORT=$(setting S3_PORT 8333)" ;; esac
  case $profiles in *collector*) echo "COLLECTOR_PORT=$(setting COLLECTOR_PORT 4319)" ;; esac
  echo "GRAFANA_PORT=$(setting GRAFANA_PORT 3000)"
  echo "PROMETHEUS_PORT=$(setting PROMETHEUS_PORT 9090)"
  echo "ALERTMANAGER_PORT=$(setting ALERTMANAGER_PORT 9093)"
  echo "JAEGER_PORT=$(setting JAEGER_PORT 16686)"
  echo "OTLP_PORT=$(setting OTLP_PORT 4318)"
  echo "NODE_EXPORTER_PORT=$(setting NODE_EXPORTER_PORT 9100)"
}

# Waits until a URL answers 2xx; the containers may run long before they serve.
wait_for() {
  printf '%-16s' "$1"
  seconds=0
  until curl --silent --fail --output /dev/null --max-time 3 "$2"; do
    seconds=$((seconds + 1))
    if [ "$seconds" -gt 180 ]; then
      echo 'not ready'
      docker compose logs --tail 30 "$3" >&2
      fail "$1 is not ready after three minutes; its last words are above."
    fi
    sleep 1
  done
  echo "ready at $2"
}

if [ -n "$collector" ]; then
  profiles="$profiles,collector"
  export OTLP_ENDPOINT=http://otel-collector:4318/v1/traces OTEL_LOGS_EXPORTER=otlp
fi
# Wins over what .env says.
export COMPOSE_PROFILES="$profiles"
preflight
if [ -n "$check_only" ]; then
  echo 'All is well: it can start.'
  exit 0
fi
command -v curl >/dev/null || fail 'curl is needed to wait for the services.'

docker compose up --detach --build

host=$(setting BIND_ADDRESS 127.0.0.1)
[ "$host" != 0.0.0.0 ] || host=127.0.0.1
case $profiles in *api*) wait_for 'TAMS API' "http://$host:$(setting API_PORT 8000)/readyz" api ;; esac
wait_for 'Prometheus' "http://$host:$(setting PROMETHEUS_PORT 9090)/-/ready" prometheus
wait_for 'Alertmanager' "http://$host:$(setting ALERTMANAGER_PORT 9093)/-/ready" alertmanager
wait_for 'Node Exporter' "http://$host:$(setting NODE_EXPORTER_PORT 9100)/metrics" node-exporter
wait_for 'Jaeger' "http://$host:$(setting JAEGER_PORT 16686)/" jaeger
wait_for 'Grafana' "http://$host:$(setting GRAFANA_PORT 3000)/api/health" grafana

cat <<END

Grafana        http://$host:$(setting GRAFANA_PORT 3000)    user $(setting GRAFANA_ADMIN_USER admin), folder TAMS
Prometheus     http://$host:$(setting PROMETHEUS_PORT 9090)
Jaeger         http://$host:$(setting JAEGER_PORT 16686)
Alertmanager   http://$host:$(setting ALERTMANAGER_PORT 9093)
Node Exporter  http://$host:$(setting NODE_EXPORTER_PORT 9100)/metrics
END
case $profiles in *api*)
  api=http://$host:$(setting API_PORT 8000)
  echo "TAMS API       $api/docs    $api/metrics    $api/health"
  ;;
esac
echo 'Stop with ./stop-observability.sh'
