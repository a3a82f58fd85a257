#!/bin/sh
# Run every test but the slow ones, in two lines side by side, so that two cores are
# used: what has a browser or a page, and all others. Usage: sh scripts/test.sh PYTHON
set -u
python=$1
run() { PYTHONPATH=. "$python" -m pytest -m "not slow" "$@"; }

log=$(mktemp)
(
    run tests/browser
    shown=$?
    run tests/ui && [ "$shown" -eq 0 ]
) >"$log" 2>&1 &
pages=$!
run --doctest-modules --ignore tests/browser --ignore tests/ui tests explorer
rest=$?
wait "$pages"
seen=$?
cat "$log"
rm -f "$log"
[ "$rest" -eq 0 ] && [ "$seen" -eq 0 ]
