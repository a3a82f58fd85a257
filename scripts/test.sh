#!/bin/sh
# Run every test but the slow ones, or those of one room, in two processes.
# Usage: sh scripts/test.sh PYTHON [ROOM]
set -eu
python=$1
room=${2:-}

rooms=$(ls tests | sed -n 's/^test_\(.*\)\.py$/\1/; /^[a-z]*$/p' | grep -vx slow | sort)
if [ -z "$room" ]; then
    # What takes longest comes first, so that both processes are done together.
    set -- tests/browser tests/engine tests/ui tests explorer
elif echo "$rooms" | grep -qx "$room"; then
    set --
    for place in tests/"$room" tests/test_"$room".py explorer/"$room" explorer/"$room".py
    do
        [ ! -e "$place" ] || set -- "$@" "$place"
    done
else
    echo "ONLY must be one of $(echo $rooms | sed 's/ /, /g'), but got '$room'." >&2
    exit 1
fi
PYTHONPATH=. exec "$python" -m pytest -m "not slow" --doctest-modules \
    --numprocesses 2 --no-loadscope-reorder "$@"
