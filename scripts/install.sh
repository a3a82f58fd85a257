#!/bin/sh
# Install what the app, or its tests, need. Where the lock was tested: exactly its
# packages, each file checked against its hash. Elsewhere: the pins and what they ask for.
# Usage: sh scripts/install.sh PYTHON requirements | requirements-dev
set -eu
python=$1
list=$2

install() {
    "$python" -m pip install --quiet --disable-pip-version-check "$@"
}

here=$("$python" -c 'import platform, sys
print("Python %d.%d" % sys.version_info[:2], "on", platform.system(), platform.machine())')
case $here in
"Python 3.11 on Linux x86_64" | \
    "Python 3.12 on Linux x86_64" | \
    "Python 3.13 on Linux x86_64")
    install --require-hashes --no-deps --only-binary :all: -r "$list.lock"
    ;;
*)
    echo "$list.lock was tested with Python 3.11 to 3.13 on Linux x86_64, but this is" \
        "$here: the versions in $list.txt are installed, with what they ask for." >&2
    ;;
esac
# No lock can hold torch: registries serve different builds of it under one version.
install "$(grep '^torch==' requirements.txt)"
install -r "$list.txt"
