#!/bin/sh
# Give the tests a PostgreSQL where that is possible: what is there, else the package of
# the distribution. Never fails; tests that need it are skipped and say so.
set -u

have() {
    command -v postgres >/dev/null 2>&1 && command -v initdb >/dev/null 2>&1 && return 0
    for program in /usr/lib/postgresql/*/bin/postgres; do
        [ -x "$program" ] && [ -x "${program%postgres}initdb" ] && return 0
    done
    return 1
}

have && exit 0
if ! command -v apt-get >/dev/null 2>&1; then
    echo "there is no apt-get; install PostgreSQL's server to test with it" >&2
    exit 0
fi
if [ "$(id -u)" != 0 ]; then
    echo "apt-get needs root; install the package 'postgresql' to test with it" >&2
    exit 0
fi
export DEBIAN_FRONTEND=noninteractive
# Only the programs: no server is to be started beside the tests' own.
conf=/etc/postgresql-common/createcluster.conf
[ -e "$conf" ] || { mkdir -p "${conf%/*}" && echo "create_main_cluster = false" >"$conf"; }
apt-get update -q >/dev/null 2>&1
apt-get install -y -q --no-install-recommends -o Dpkg::Options::=--force-confold \
    postgresql >/dev/null 2>&1
have || echo "apt-get could not install the package 'postgresql'" >&2
exit 0
