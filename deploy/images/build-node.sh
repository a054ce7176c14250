#!/usr/bin/env bash
# vigie-test/node: Debian's libc and busybox unpacked from .debs + Node 24 from its npm package + npm. Stands in for
# node:24-slim (user node, 1000; /usr/local/bin/node) where no registry of images can be reached. Takes the machine's
# certificate authorities along, so that `npm ci` in a build trusts what the machine trusts.
# usage: build-node.sh [tag]      VIGIE_NODE: a Node 24 program (default: the one in node_modules)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
TAG=${1:-vigie-test/node:24}
NODE=${VIGIE_NODE:-$here/../../node_modules/node/bin/node}
docker image inspect "$TAG" >/dev/null 2>&1 && { echo "$TAG: there already"; exit 0; }
[ "$("$NODE" -p 'process.versions.node.split(".")[0]')" -ge 24 ] || { echo "$NODE is older than Node 24" >&2; exit 1; }
npm=$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
root=$work/root; mkdir -p "$work/debs" "$root"
(cd "$work/debs" && apt-get download -qq libc6 libgcc-s1 libstdc++6 libtinfo6 bash busybox-static base-files tzdata 2>/dev/null)
for deb in "$work"/debs/*.deb; do dpkg-deb -x "$deb" "$root"; done
rm -rf "$root"/usr/share/{doc,man,info,lintian,locale,gdb,bug} "$root"/usr/lib/*/gconv
mkdir -p "$root"/{proc,sys,dev,run,root,home/node,var/lib,etc/ssl/certs,usr/bin,usr/local/bin,usr/local/lib/node_modules}
install -d -m 1777 "$root/tmp" "$root/var/tmp"
for applet in $("$root/bin/busybox" --list); do
  [ -e "$root/bin/$applet" ] || [ -e "$root/usr/bin/$applet" ] || ln -s /bin/busybox "$root/usr/bin/$applet"
done
ln -sf bash "$root/bin/sh"
install -m 755 "$NODE" "$root/usr/local/bin/node"
cp -rL "$npm" "$root/usr/local/lib/node_modules/npm"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
printf 'root:x:0:0:root:/root:/bin/bash\nnode:x:1000:1000::/home/node:/bin/bash\n' >"$root/etc/passwd"
printf 'root:x:0:\nnode:x:1000:\n' >"$root/etc/group"
printf 'hosts: files dns\n' >"$root/etc/nsswitch.conf"
chown -R 1000:1000 "$root/home/node" 2>/dev/null || true
tar --numeric-owner -C "$root" -cf - . | docker import \
  -c 'ENV PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt' \
  -c 'CMD ["node"]' - "$TAG" >/dev/null
docker image inspect -f '{{index .RepoTags 0}}: {{.Size}} bytes' "$TAG"
