#!/bin/sh
# Writes the configuration of Alertmanager to standard output. Alertmanager itself reads no environment variables, so a
# receiver is switched on here: by its variables, all of which must be set; it is silent without them.
#
#   email      ALERT_EMAIL_TO, SMTP_SMARTHOST (host:port), SMTP_FROM; optional SMTP_USERNAME with SMTP_PASSWORD
#   Slack      ALERT_SLACK_WEBHOOK_URL; optional ALERT_SLACK_CHANNEL
#   PagerDuty  ALERT_PAGERDUTY_ROUTING_KEY (pages only)
#   webhook    ALERT_WEBHOOK_URL
#   heartbeat  ALERT_HEARTBEAT_URL (the watchdog only, once a minute: whoever hears nothing any more raises the alarm)
#
# Optional: ALERT_GROUP_WAIT, ALERT_GROUP_INTERVAL, ALERT_REPEAT_INTERVAL of pages (defaults 10s, 5m, 1h);
# TEMPLATES_DIR (default /etc/alertmanager/templates). Plain POSIX sh: it runs in the image's busybox.
set -eu

fail() {
  echo "alertmanager: $1" >&2
  exit 64
}

# A line break in a secret would begin a new line of the configuration.
case "${ALERT_EMAIL_TO:-}${SMTP_SMARTHOST:-}${SMTP_FROM:-}${SMTP_USERNAME:-}${SMTP_PASSWORD:-}${ALERT_SLACK_WEBHOOK_URL:-}\
${ALERT_SLACK_CHANNEL:-}${ALERT_PAGERDUTY_ROUTING_KEY:-}${ALERT_WEBHOOK_URL:-}${ALERT_HEARTBEAT_URL:-}${TEMPLATES_DIR:-}" in
*'
'*) fail 'A variable of a receiver contains a line break.' ;;
esac

# A YAML single-quoted scalar.
quoted() {
  printf "'%s'" "$(printf %s "$1" | sed "s/'/''/g")"
}

# An optional value, or its fallback when it is empty or absent; refused unless it is a duration.
duration() {
  value=${1:-$2}
  case $value in *[!0-9a-z]* | [!0-9]*) fail "'$value' is not a duration such as 30s or 5m." ;; esac
  printf %s "$value"
}

email() {
  [ -n "${ALERT_EMAIL_TO:-}" ] || return 0
  [ -n "${SMTP_SMARTHOST:-}" ] && [ -n "${SMTP_FROM:-}" ] ||
    fail 'ALERT_EMAIL_TO needs SMTP_SMARTHOST (host:port) and SMTP_FROM as well.'
  echo '    email_configs:'
  echo "      - to: $(quoted "$ALERT_EMAIL_TO")"
  echo "        from: $(quoted "$SMTP_FROM")"
  echo "        smarthost: $(quoted "$SMTP_SMARTHOST")"
  if [ -n "${SMTP_USERNAME:-}" ]; then
    [ -n "${SMTP_PASSWORD:-}" ] || fail 'SMTP_USERNAME needs SMTP_PASSWORD as well.'
    echo "        auth_username: $(quoted "$SMTP_USERNAME")"
    echo "        auth_password: $(quoted "$SMTP_PASSWORD")"
  fi
  echo '        send_resolved: true'
  echo "        headers: { Subject: '{{ template \"tams.title\" . }}' }"
  echo "        text: '{{ template \"tams.text\" . }}'"
  echo "        html: ''"
}

slack() {
  [ -n "${ALERT_SLACK_WEBHOOK_URL:-}" ] || return 0
  echo '    slack_configs:'
  echo "      - api_url: $(quoted "$ALERT_SLACK_WEBHOOK_URL")"
  [ -z "${ALERT_SLACK_CHANNEL:-}" ] || echo "        channel: $(quoted "$ALERT_SLACK_CHANNEL")"
  echo '        send_resolved: true'
  echo "        title: '{{ template \"tams.title\" . }}'"
  echo "        text: '{{ template \"tams.text\" . }}'"
}

pagerduty() {
  [ -n "${ALERT_PAGERDUTY_ROUTING_KEY:-}" ] || return 0
  echo '    pagerduty_configs:'
  echo "      - routing_key: $(quoted "$ALERT_PAGERDUTY_ROUTING_KEY")"
  echo '        severity: critical'
  echo '        send_resolved: true'
  echo "        description: '{{ template \"tams.title\" . }}'"
  echo "        details: { text: '{{ template \"tams.text\" . }}' }"
}

webhook() {
  [ -n "${ALERT_WEBHOOK_URL:-}" ] || return 0
  echo '    webhook_configs:'
  echo "      - url: $(quoted "$ALERT_WEBHOOK_URL")"
  echo '        send_resolved: true'
}

heartbeat() {
  [ -n "${ALERT_HEARTBEAT_URL:-}" ] || return 0
  echo '    webhook_configs:'
  echo "      - url: $(quoted "$ALERT_HEARTBEAT_URL")"
  echo '        send_resolved: false'
}

group_wait=$(duration "${ALERT_GROUP_WAIT:-}" 10s)
group_interval=$(duration "${ALERT_GROUP_INTERVAL:-}" 5m)
repeat_interval=$(duration "${ALERT_REPEAT_INTERVAL:-}" 1h)
templates=$(quoted "${TEMPLATES_DIR:-/etc/alertmanager/templates}/*.tmpl")
email=$(email)
slack=$(slack)
pagerduty=$(pagerduty)
webhook=$(webhook)
heartbeat=$(heartbeat)

cat <<END
# Made by render-config.sh from the environment; changes here are lost.
templates: [$templates]

route:
  receiver: ticket
  group_by: [alertname, component]
  group_wait: $group_wait
  group_interval: $group_interval
  repeat_interval: 12h
  routes:
    - matchers: ['severity="page"']
      receiver: page
      repeat_interval: $repeat_interval
    - matchers: ['severity="ticket"']
      receiver: ticket
    - matchers: ['severity="heartbeat"']
      receiver: heartbeat
      group_wait: 0s
      group_interval: 1m
      repeat_interval: 1m

# What is a consequence of another alert is not told as well.
inhibit_rules:
  # The fast burn of an objective says more than the slow one, and either more than the ticket.
  - source_matchers: ['alertname=~"Tams.+FastBurn"']
    target_matchers: ['alertname=~"Tams.+(SlowBurn|BudgetTicket)"']
    equal: [slo]
  - source_matchers: ['alertname=~"Tams.+SlowBurn"']
    target_matchers: ['alertname=~"Tams.+BudgetTicket"']
    equal: [slo]
  - source_matchers: ['alertname="TamsInstanceDown"']
    target_matchers: ['alertname=~"Tams(EventLoopBlocked|MemoryHigh|GaugesStale|TelemetryExportFailing|RequestsHanging|ClockWrong|DataDirectory.+)"']
    equal: [instance]
  - source_matchers: ['alertname="TamsApiDown"']
    target_matchers: ['alertname=~"Tams(InstanceDown|GaugesStale|IngestStalled|ManyIngestsStalled|LiveEdgeLagging|HighErrorRate.+|SlowResponses.+)"']
  - source_matchers: ['alertname="TamsPostgresDown"']
    target_matchers: ['alertname=~"TamsMetadataStore.+|TamsGaugesStale|TamsHighErrorRate.+|TamsSlowResponses.+|TamsJobs.+|TamsRequestsHanging|TamsIngestStalled|TamsManyIngestsStalled|TamsLiveEdgeLagging"']
  - source_matchers: ['alertname="TamsMetadataStoreFailing"']
    target_matchers: ['alertname=~"TamsMetadataStore(Slow|ConnectionsExhausted)|TamsGaugesStale|TamsHighErrorRate.+|TamsRequestsHanging"']
  - source_matchers: ['alertname="TamsStorageFailing"']
    target_matchers: ['alertname="TamsStorageSlow"']
    equal: [storage_backend]
  - source_matchers: ['alertname="TamsDiskAlmostFull"']
    target_matchers: ['alertname="TamsDiskFullSoon"']
    equal: [instance, mountpoint]
  - source_matchers: ['alertname="TamsDataDirectoryAlmostFull"']
    target_matchers: ['alertname="TamsDataDirectoryFullSoon"']
    equal: [instance]
  - source_matchers: ['alertname="TamsManyIngestsStalled"']
    target_matchers: ['alertname="TamsIngestStalled"']

receivers:
  - name: page
END
for receiver in "$email" "$slack" "$pagerduty" "$webhook"; do [ -z "$receiver" ] || printf '%s\n' "$receiver"; done
echo '  - name: ticket'
for receiver in "$email" "$slack" "$webhook"; do [ -z "$receiver" ] || printf '%s\n' "$receiver"; done
echo '  - name: heartbeat'
[ -z "$heartbeat" ] || printf '%s\n' "$heartbeat"
