#!/usr/bin/env bash
# Installs the Debian packages that tests ask for a browser and a media player (or the packages named), where they are missing.
# Without them those tests are skipped and say so. Services of the packages are not started.
#   scripts/install-test-programs.sh [package ...]
set -euo pipefail

packages=("$@")
[ ${#packages[@]} -gt 0 ] || packages=(chromium ffmpeg)

missing_packages() {
  local name
  for name in "${packages[@]}"; do
    [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || printf '%s\n' "$name"
  done
}

command -v apt-get >/dev/null || {
  echo "There is no apt-get here. Install these in your system's own way: ${packages[*]}" >&2
  exit 1
}
mapfile -t missing < <(missing_packages)
if [ ${#missing[@]} -eq 0 ]; then
  echo "Installed already: ${packages[*]}"
  exit 0
fi
if [ "$(id -u)" -ne 0 ]; then
  echo "Only root can install ${missing[*]}. Run this first: sudo scripts/install-test-programs.sh ${missing[*]}" >&2
  exit 1
fi

policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
  trap 'rm -f "$policy"' EXIT
fi

log=$(mktemp)
apt_get() { DEBIAN_FRONTEND=noninteractive SYSTEMD_OFFLINE=1 apt-get -o DPkg::Lock::Timeout=120 "$@" >>"$log" 2>&1; }

echo "Installing ${missing[*]} ..."
# Another apt-get may hold the lists' lock, which no option waits for: try again for two minutes.
for _ in {1..12}; do
  if apt_get update && apt_get install --yes --no-install-recommends "${missing[@]}"; then break; fi
  grep -qi 'could not get lock\|unable to lock' "$log" || break
  sleep 10
done

mapfile -t missing < <(missing_packages)
if [ ${#missing[@]} -gt 0 ]; then
  tail -n 40 "$log" >&2
  echo "Not installed: ${missing[*]} (all of apt-get's output: $log)" >&2
  exit 1
fi
rm -f "$log"
