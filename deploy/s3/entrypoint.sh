#!/bin/sh
# Gives SeaweedFS its one S3 identity from the environment, and becomes it.
set -eu
umask 077
: "${S3_ACCESS_KEY_ID:?set S3_ACCESS_KEY_ID in .env to use the profile s3}"
: "${S3_SECRET_ACCESS_KEY:?set S3_SECRET_ACCESS_KEY in .env to use the profile s3}"
case $S3_ACCESS_KEY_ID$S3_SECRET_ACCESS_KEY in
*[!A-Za-z0-9/+=_.-]*)
  echo 's3: the S3 keys may hold letters, digits and /+=_.- only.' >&2
  exit 64
  ;;
esac
config=${S3_CONFIG:-/tmp/s3.json}
cat >"$config" <<END
{
  "identities": [
    {
      "name": "tams",
      "credentials": [{ "accessKey": "$S3_ACCESS_KEY_ID", "secretKey": "$S3_SECRET_ACCESS_KEY" }],
      "actions": ["Admin", "Read", "Write", "List", "Tagging"]
    }
  ]
}
END
# Newer versions report statistics of the store to their makers unless told not to; older ones do not know the option.
if weed help server 2>&1 | grep -q '^ *-master\.telemetry$'; then
  set -- "$@" -master.telemetry=false
fi
exec weed "$@" "-s3.config=$config"
