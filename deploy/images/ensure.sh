#!/usr/bin/env bash
# Everything the real-service tests need on a machine without a registry: a Docker engine, then the images, taken from the
# cache folder (VIGIE_IMAGE_CACHE) where they were saved before, else built from Maven and Debian packages and saved there.
# usage: ensure.sh [kafka] [postgres] [node]   (default: kafka)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export VIGIE_IMAGE_CACHE=${VIGIE_IMAGE_CACHE:-$PWD/.cache/images}
mkdir -p "$VIGIE_IMAGE_CACHE"
[ $# -gt 0 ] || set -- kafka
"$here/start-docker.sh"
for name in "$@"; do
  case $name in
    kafka) tag=vigie-test/kafka:${KAFKA_VERSION:-4.3.1}; parts=("$here"/build-jre-base.sh "$here"/build-kafka.sh "$here"/kafka/*) ;;
    postgres) tag=vigie-test/postgres:${PG_MAJOR:-15}; parts=("$here"/build-postgres.sh) ;;
    node) tag=vigie-test/node:24; parts=("$here"/build-node.sh "$here"/../../package-lock.json) ;;
    *) echo "ensure.sh: unknown image '$name'" >&2; exit 2 ;;
  esac
  if docker image inspect "$tag" >/dev/null 2>&1; then echo "$tag: there already"; continue; fi
  key=$(cat "${parts[@]}" | sha256sum | cut -c1-12)
  saved=$VIGIE_IMAGE_CACHE/$name-$key.tar.gz
  if [ -f "$saved" ] && gzip -dc "$saved" | docker load -q; then continue; fi
  "$here/build-$name.sh" "$tag"
  docker save "$tag" | gzip -1 >"$saved.part" && mv "$saved.part" "$saved"
done
