#!/usr/bin/env bash
# Idempotent: makes sure a Docker engine answers; prints what it did. Needs root only when it has to install or start one.
set -euo pipefail
LOG=${DOCKERD_LOG:-/tmp/dockerd.log}
PIDFILE=${DOCKERD_PIDFILE:-/var/run/docker.pid}
WAIT=${DOCKERD_WAIT:-60}
up() { timeout 10 docker info >/dev/null 2>&1; }
if up; then echo "docker: engine already up ($(docker info -f '{{.ServerVersion}} {{.Driver}}'))"; exit 0; fi
if ! command -v dockerd >/dev/null; then
  echo "docker: installing docker.io"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends docker.io iptables >/dev/null
fi
setsid nohup dockerd --pidfile "$PIDFILE" >"$LOG" 2>&1 </dev/null &
pid=$!
for ((i = 0; i < WAIT * 5; i++)); do
  if up; then echo "docker: engine up after $((i / 5)) s, pid $(cat "$PIDFILE")"; exit 0; fi
  kill -0 "$pid" 2>/dev/null || { echo "docker: dockerd ended" >&2; tail -20 "$LOG" >&2; exit 1; }
  sleep 0.2
done
echo "docker: no answer in ${WAIT} s" >&2; tail -20 "$LOG" >&2; exit 1
