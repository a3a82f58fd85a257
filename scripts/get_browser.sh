#!/bin/sh
# Make sure that the browser tests have a Chromium: the system's, else the
# distribution's package, else Playwright's own download. Fails if none can be had.
set -u
python=$1

have() {
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        command -v "$name" >/dev/null 2>&1 && return 0
    done
    "$python" - <<'PY'
import os
import sys

from playwright.sync_api import sync_playwright

with sync_playwright() as playwright:
    sys.exit(not os.path.exists(playwright.chromium.executable_path))
PY
}

have && exit 0
if command -v apt-get >/dev/null 2>&1; then
    sudo=
    [ "$(id -u)" = 0 ] || sudo=$(command -v sudo || true)
    $sudo apt-get update -q && $sudo apt-get install -y -q chromium fonts-noto-cjk
    have && exit 0
fi
"$python" -m playwright install --with-deps chromium
have && exit 0
echo "The browser tests need Chromium, and none could be installed." >&2
echo "Install the package 'chromium' or Google Chrome and run this again." >&2
exit 1
