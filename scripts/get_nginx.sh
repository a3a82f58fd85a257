#!/bin/sh
# Give the tests an nginx where that is possible: what is there, else the program out of
# the distribution's package, unpacked into build/nginx; nothing is installed, and no
# server is started beside the tests' own. Never fails; tests that need it are skipped
# and say so.
set -u
cd "$(dirname "$0")/.." || exit 0

have() {
    command -v nginx >/dev/null 2>&1 || [ -x /usr/sbin/nginx ] ||
        [ -x build/nginx/usr/sbin/nginx ]
}

have && exit 0
if ! command -v apt-get >/dev/null 2>&1; then
    echo "there is no apt-get; install nginx to test with it" >&2
    exit 0
fi
[ "$(id -u)" != 0 ] || apt-get update -q >/dev/null 2>&1
mkdir -p build/nginx && cd build/nginx || exit 0
# Which package holds the program differs between Debian and Ubuntu, and by release.
for package in nginx nginx-core; do
    apt-get download -q "$package" >/dev/null 2>&1
    for file in "$package"_*.deb; do
        [ ! -e "$file" ] || dpkg-deb -x "$file" .
    done
    [ ! -x usr/sbin/nginx ] || exit 0
done
echo "apt-get could not download the package 'nginx'" >&2
exit 0
