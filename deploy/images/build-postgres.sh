#!/usr/bin/env bash
# vigie-test/postgres: Debian's PostgreSQL unpacked from .debs, with the official image's contract (POSTGRES_USER/PASSWORD/DB, port 5432, /docker-entrypoint-initdb.d/*.sql).
set -euo pipefail
CACHE=${VIGIE_IMAGE_CACHE:-$PWD/.cache/images}; MAJOR=${PG_MAJOR:-15}; TAG=${1:-vigie-test/postgres:$MAJOR}
docker image inspect "$TAG" >/dev/null 2>&1 && { echo "$TAG: there already"; exit 0; }
mkdir -p "$CACHE"; tarball=$CACHE/postgres-$MAJOR.tar
if [ ! -f "$tarball" ]; then
  work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; root=$work/root; mkdir -p "$work/debs" "$root"
  skip='^(libllvm|libz3|libicu-dev|perl|libperl|.*-perl$|debconf|cdebconf|libdebian|libnewt|libslang|libtextwrap|locales|libc-l10n|systemd|sysvinit|init-|ucf|usr|ssl-cert|openssl|sensible|adduser|passwd|dpkg|tar|install-info|postgresql-common|postgresql-client-common|lsb|libfile|libpam-|libgdbm|libdb5|libsem|libsepol|libelogind|netbase)'
  names=$(apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances -i "postgresql-$MAJOR" | grep -E '^[a-z]' | sort -u | grep -Ev "$skip")
  (cd "$work/debs" && apt-get download -qq $names bash busybox-static base-files netbase tzdata 2>/dev/null)
  for deb in "$work"/debs/*.deb; do dpkg-deb -x "$deb" "$root"; done
  rm -rf "$root"/usr/share/{doc,man,info,lintian,locale,gdb,bug} "$root"/usr/lib/*/gconv "$root/usr/lib/postgresql/$MAJOR/lib/bitcode" "$root/usr/lib/postgresql/$MAJOR/lib/llvmjit.so"
  mkdir -p "$root"/{proc,sys,dev,root,run/postgresql,var/lib/postgresql,docker-entrypoint-initdb.d}; rm -rf "$root/var/run"; ln -s /run "$root/var/run"; install -d -m 1777 "$root/tmp"; chmod 777 "$root/run/postgresql" "$root/var/lib/postgresql"
  for applet in $("$root/bin/busybox" --list); do [ -e "$root/bin/$applet" ] || [ -e "$root/usr/bin/$applet" ] || ln -s /bin/busybox "$root/usr/bin/$applet"; done
  ln -sf bash "$root/bin/sh"
  printf 'root:x:0:0:root:/root:/bin/bash\npostgres:x:999:999::/var/lib/postgresql:/bin/bash\n' >"$root/etc/passwd"; printf 'root:x:0:\npostgres:x:999:\n' >"$root/etc/group"
  cat >"$root/usr/local-entrypoint" <<'EOS'
#!/bin/bash
set -euo pipefail
export PGDATA=${PGDATA:-/var/lib/postgresql/data} POSTGRES_USER=${POSTGRES_USER:-postgres}; db=${POSTGRES_DB:-$POSTGRES_USER}
[ "${1:-}" = postgres ] && shift
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  initdb --no-sync -U "$POSTGRES_USER" -A scram-sha-256 --pwfile=<(printf '%s\n' "${POSTGRES_PASSWORD:?POSTGRES_PASSWORD is needed}") -E UTF8 --locale=C.UTF-8 >/dev/null
  echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
  export PGPASSWORD=$POSTGRES_PASSWORD
  pg_ctl -w -s start -o "-c listen_addresses=''"
  [ "$db" = postgres ] || psql -qU "$POSTGRES_USER" -d postgres -c "create database \"$db\""
  for f in /docker-entrypoint-initdb.d/*; do case $f in *.sql) psql -qU "$POSTGRES_USER" -d "$db" -v ON_ERROR_STOP=1 -f "$f";; *.sh) . "$f";; esac; done
  pg_ctl -w -s -m fast stop; unset PGPASSWORD
fi
exec postgres -c listen_addresses='*' "$@"
EOS
  chmod 755 "$root/usr/local-entrypoint"
  tar --numeric-owner --owner=0 --group=0 -C "$root" -cf "$tarball.part" . && mv "$tarball.part" "$tarball"
fi
docker import -c "ENV PATH=/usr/lib/postgresql/$MAJOR/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8" -c 'USER 999:999' -c 'EXPOSE 5432' -c 'ENTRYPOINT ["/usr/local-entrypoint"]' -c 'CMD ["postgres"]' "$tarball" "$TAG" >/dev/null
docker image inspect -f '{{index .RepoTags 0}}: {{.Size}} bytes' "$TAG"
