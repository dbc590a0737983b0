#!/usr/bin/env bash
# Install from Debian what the tests drive for real, when it is absent and we may; else say what to install.
# Chromium; for the journeys also Firefox and WebKit, a PostgreSQL, whose servers the tests start for themselves,
# SoftHSM, a security module in software, and the two web servers that the site is set up for.
set -euo pipefail

missing=()
need() { command -v "$1" >/dev/null || missing+=("${2:-$1}"); }
PATH=$PATH:/usr/sbin
need chromium
if [ "${1:-}" = journeys ]; then
  need firefox-esr
  need WebKitWebDriver webkit2gtk-driver
  need Xvfb xvfb
  compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null || missing+=(postgresql)
  need softhsm2-util softhsm2
  need nginx nginx-light
  [ -e /usr/lib/nginx/modules/ngx_http_brotli_static_module.so ] || missing+=(libnginx-mod-http-brotli-static)
  need apache2
fi
# Without it the tests drive `chromium` itself, and take longer: wanted, where Debian has it and we may.
faster=chromium-headless-shell
command -v "$faster" >/dev/null && faster=
may=
[ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null && may=yes
[ ${#missing[@]} -eq 0 ] && { [ -z "$faster" ] || [ -z "$may" ]; } && exit 0

if [ "$may" ]; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq || [ ${#missing[@]} -eq 0 ] || exit 1
  if [ "$faster" ] && apt-cache show "$faster" >/dev/null 2>&1; then
    missing+=("$faster")
  fi
  [ ${#missing[@]} -eq 0 ] && exit 0
  echo "Installing ${missing[*]} from Debian…" >&2
  apt-get install -y -qq --no-install-recommends "${missing[@]}" fonts-dejavu-core >/dev/null
else
  echo "The tests need ${missing[*]}: sudo apt-get install ${missing[*]}" >&2
  exit 1
fi
