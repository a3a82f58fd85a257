#!/bin/sh
# Run every test but the slow ones: those that need a browser beside all others, so that
# two cores are used. Usage: sh scripts/test.sh PYTHON
set -u
python=$1
log=$(mktemp)
PYTHONPATH=. "$python" -m pytest -m "browser and not slow" >"$log" 2>&1 &
browser=$!
PYTHONPATH=. "$python" -m pytest --doctest-modules -m "not browser and not slow" \
    tests explorer
rest=$?
wait "$browser"
shown=$?
cat "$log"
rm -f "$log"
[ "$rest" -eq 0 ] && [ "$shown" -eq 0 ]
