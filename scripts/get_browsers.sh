#!/bin/sh
# Give the tests a Firefox and a WebKitGTK where that is possible: the distribution's
# packages. Never fails; tests in a browser that is missing are skipped and say so.
set -u

have() {
    for program in firefox-esr WebKitWebDriver Xvfb; do
        command -v "$program" >/dev/null 2>&1 || return 1
    done
}

have && exit 0
if command -v apt-get >/dev/null 2>&1; then
    sudo=
    [ "$(id -u)" = 0 ] || sudo=$(command -v sudo || true)
    $sudo apt-get update -q >/dev/null 2>&1
    for package in firefox-esr webkit2gtk-driver xvfb fonts-noto-cjk; do
        $sudo apt-get install -y -q --no-install-recommends "$package" >/dev/null 2>&1
    done
fi
have || echo "Firefox, WebKitGTK's driver or Xvfb could not be installed." >&2
exit 0
