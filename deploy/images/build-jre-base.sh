#!/usr/bin/env bash
# vigie-test/jre: Debian's libc, bash and busybox unpacked from .debs + a jlinked JRE. No debootstrap, no base image, no registry.
set -euo pipefail
CACHE=${VIGIE_IMAGE_CACHE:-$PWD/.cache/images}
TAG=${1:-vigie-test/jre:25}
JAVA_HOME=${VIGIE_JDK:-$(ls -d /usr/lib/jvm/temurin-2[15]-jdk-* /usr/lib/jvm/java-2[15]-openjdk-* 2>/dev/null | tail -1 || true)}
MODULES=java.base,java.compiler,java.desktop,java.instrument,java.logging,java.management,java.management.rmi,java.naming,java.net.http,java.prefs,java.rmi,java.scripting,java.security.jgss,java.security.sasl,java.sql,java.transaction.xa,java.xml,java.xml.crypto,jdk.crypto.ec,jdk.jcmd,jdk.jfr,jdk.management,jdk.management.agent,jdk.naming.dns,jdk.security.auth,jdk.security.jgss,jdk.unsupported,jdk.zipfs,jdk.localedata,jdk.charsets,jdk.net
docker image inspect "$TAG" >/dev/null 2>&1 && { echo "$TAG: there already"; exit 0; }
mkdir -p "$CACHE"
if [ ! -f "$CACHE/jre-root.tar" ]; then
  work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
  root=$work/root; mkdir -p "$work/debs" "$root"
  (cd "$work/debs" && apt-get download -qq libc6 libgcc-s1 libstdc++6 zlib1g libtinfo6 bash busybox-static base-files tzdata 2>/dev/null)
  for deb in "$work"/debs/*.deb; do dpkg-deb -x "$deb" "$root"; done
  rm -rf "$root"/usr/share/{doc,man,info,lintian,locale,gdb,bug} "$root"/usr/lib/*/gconv
  mkdir -p "$root"/{proc,sys,dev,run,root,var/lib,home/appuser,usr/bin,opt}; install -d -m 1777 "$root/tmp" "$root/var/tmp"
  for applet in $("$root/bin/busybox" --list); do
    [ -e "$root/bin/$applet" ] || [ -e "$root/usr/bin/$applet" ] || ln -s /bin/busybox "$root/usr/bin/$applet"
  done
  ln -sf bash "$root/bin/sh"
  printf 'root:x:0:0:root:/root:/bin/bash\nappuser:x:1000:1000::/home/appuser:/bin/bash\n' >"$root/etc/passwd"
  printf 'root:x:0:\nappuser:x:1000:\n' >"$root/etc/group"
  printf 'hosts: files dns\n' >"$root/etc/nsswitch.conf"
  "$JAVA_HOME/bin/jlink" --add-modules "$MODULES" --strip-debug --no-header-files --no-man-pages --output "$root/opt/java"
  "$root/opt/java/bin/java" -Xshare:dump >/dev/null
  tar --numeric-owner --owner=0 --group=0 -C "$root" -cf "$CACHE/jre-root.tar.part" . && mv "$CACHE/jre-root.tar.part" "$CACHE/jre-root.tar"
fi
docker import -c 'ENV PATH=/opt/java/bin:/usr/sbin:/usr/bin:/sbin:/bin JAVA_HOME=/opt/java LANG=C.UTF-8' -c 'CMD ["/bin/bash"]' "$CACHE/jre-root.tar" "$TAG" >/dev/null
docker image inspect -f '{{index .RepoTags 0}}: {{.Size}} bytes' "$TAG"
