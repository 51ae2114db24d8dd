#!/bin/sh
# Renders the configuration from the environment, checks it, and becomes Alertmanager.
set -eu
umask 077
configuration=${ALERTMANAGER_CONFIG:-/alertmanager/alertmanager.yml}
sh "$(dirname "$0")/render-config.sh" >"$configuration"
amtool check-config "$configuration" >&2
exec "${ALERTMANAGER:-alertmanager}" --config.file="$configuration" "$@"
