#!/bin/sh
# Stops TAMS and its observability stack. Data stays in its volumes; --remove-data deletes it as well.
set -eu
cd "$(dirname "$0")"

case ${1:-} in
'') volumes= ;;
--remove-data)
  printf 'This deletes all media, metadata, metrics and dashboards of this installation. Type "delete" to go on: '
  read -r answer
  [ "$answer" = delete ] || exit 1
  volumes=--volumes
  ;;
*)
  echo 'Usage: ./stop-observability.sh [--remove-data]' >&2
  exit 64
  ;;
esac

command -v docker >/dev/null || { echo 'stop-observability: Docker is not installed.' >&2; exit 1; }
# shellcheck disable=SC2086
docker compose --profile api --profile s3 --profile observability --profile collector down $volumes
