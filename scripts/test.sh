#!/bin/sh
# Run every test but the slow ones, those of one room, or a few of every room, in four
# processes: tests that drive a browser wait for a third of their time.
# Usage: sh scripts/test.sh PYTHON [ROOM | quick]
set -eu
python=$1
room=${2:-}
which="not slow and not browsers"

rooms=$(ls tests | sed -n 's/^test_\(.*\)\.py$/\1/; /^[a-z]*$/p' | grep -vx slow | sort -u)
if [ -z "$room" ]; then
    # What takes longest comes first, so that both processes are done together.
    set -- tests/browser tests/engine tests/ui tests explorer
elif [ "$room" = quick ]; then
    which="quick and not slow"
    set -- -x $(grep -rl mark.quick tests | sort)
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
# Each process computes on one core: threads that wait for each other cost more.
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
PYTHONPATH=. exec "$python" -m pytest -m "$which" --doctest-modules \
    --numprocesses 4 --no-loadscope-reorder "$@"
