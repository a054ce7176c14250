#!/usr/bin/env bash
# vigie-test/kafka:<version>: jars from Maven on the JRE base; stands in for apache/kafka:<version> where no registry can be reached.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
VERSION=${KAFKA_VERSION:-4.3.1}; TAG=${1:-vigie-test/kafka:$VERSION}
docker image inspect "$TAG" >/dev/null 2>&1 && { echo "$TAG: there already"; exit 0; }
"$here/build-jre-base.sh" vigie-test/jre:25
ctx=$(mktemp -d); trap 'rm -rf "$ctx"' EXIT
cp "$here"/kafka/* "$ctx"/ 2>/dev/null || true
mvn -B -q -f "$here/kafka/pom.xml" -Dkafka.version="$VERSION" org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$ctx/libs"
DOCKER_BUILDKIT=0 docker build -q -t "$TAG" "$ctx"
