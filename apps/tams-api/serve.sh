#!/bin/sh
# The built server with V8's settings for it (docs/adr/0009-v8-settings.md), for `npm start` and the image alike.
# `exec`: there is no shell in between, so that SIGTERM reaches the server.
exec node --max-semi-space-size=8 --heap-growing-percent=45 --v8-pool-size=2 \
  dist/apps/tams-api/apps/tams-api/src/main.js "$@"
