#!/bin/sh
# Refuses to open Grafana with a well-known password to more than a developer's machine, and becomes it.
set -eu
if [ "${TAMS_ENV:-development}" = production ]; then
  case ${GF_SECURITY_ADMIN_PASSWORD:-admin} in
  admin | password | grafana | changeme | '')
    cat >&2 <<'END'
**********************************************************************
* REFUSED: TAMS_ENV=production with a well-known Grafana password.   *
* Set GRAFANA_ADMIN_PASSWORD (and GRAFANA_ADMIN_USER) in .env.       *
**********************************************************************
END
    exit 64
    ;;
  esac
else
  echo 'Grafana: admin/admin unless GRAFANA_ADMIN_PASSWORD is set; for development only.' >&2
fi
exec "${GRAFANA_RUN:-/run.sh}" "$@"
