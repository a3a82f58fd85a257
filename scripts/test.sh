#!/bin/sh
# Run every test but the slow ones, in two lines side by side, so that two cores are
# used: what has a browser, and all others. Whichever is done first takes the pages that
# need none, a part at a time. Usage: sh scripts/test.sh PYTHON
set -u
python=$1
run() { PYTHONPATH=. "$python" -m pytest -m "not slow" "$@"; }

work=$(mktemp -d)
pages() {
    all=0
    for part in 0 1 2; do
        if mkdir "$work/$part" 2>/dev/null; then
            # shellcheck disable=SC2046 # one argument per file
            run $(ls tests/ui/test_*.py | awk "NR % 3 == $part") || all=1
        fi
    done
    return "$all"
}
(
    run tests/browser
    shown=$?
    pages && [ "$shown" -eq 0 ]
) >"$work/log" 2>&1 &
beside=$!
run --doctest-modules --ignore tests/browser --ignore tests/ui tests explorer
rest=$?
pages
left=$?
wait "$beside"
seen=$?
cat "$work/log"
rm -rf "$work"
[ "$rest" -eq 0 ] && [ "$left" -eq 0 ] && [ "$seen" -eq 0 ]
