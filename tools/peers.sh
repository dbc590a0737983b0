#!/usr/bin/env bash
# Print the interpreter that has the peers to measure against, set up once in .venv-peers/; nothing when it cannot be.
# They want older libraries than ours, so that they never share our environment.
set -uo pipefail

python=.venv-peers/bin/python
ready=.venv-peers/.ready
if [ ! -e "$ready" ] || [ requirements/peers.txt -nt "$ready" ]; then
  echo "Setting up the peers in .venv-peers/, once…" >&2
  if ! .venv/bin/python -m venv .venv-peers >&2 ||
    ! "$python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/peers.txt >&2; then
    echo "python-cwt could not be installed (is there a network?): its figures and its test are left out." >&2
    exit 0
  fi
  touch "$ready"
fi
# Eleventy, which only the site's bench compares with.
if [ "${1:-}" = site ] && [ ! -d bench/peers/node_modules ]; then
  (cd bench/peers && npm ci --silent >&2) || echo "Eleventy could not be installed: its figures are left out." >&2
fi
echo "$PWD/$python"
