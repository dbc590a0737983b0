#!/usr/bin/env bash
# Run the tests that $@ names under other clocks. A test that mixes today's date with a fixed one turns red on
# some later day; here it turns red today. Without arguments: the rooms whose tests know dates, without browsers.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v faketime >/dev/null; then
  [ "$(id -u)" -eq 0 ] || { echo "This needs faketime: sudo apt-get install faketime" >&2; exit 1; }
  apt-get update -qq && apt-get install -y -qq --no-install-recommends faketime >/dev/null
fi
[ $# -gt 0 ] || set -- -m "not browser and not journey" tests/{catalogue,cje,issuer,reconcile,site_builder,verifier}

year=$(($(date -u +%Y) + 1))
leap=$((year + (4 - year % 4) % 4))
moments=("30 days ago" "$((year - 1))-12-31 23:30" "$year-01-01 00:30" "$year-01-05 12:00" "280 days" "$leap-02-29 12:00")

# Only the date moves. The clock that measures waits is left alone; `moved_clock/` mends the sleep of Python then.
export FAKETIME_DONT_FAKE_MONOTONIC=1 PYTHONPATH="$PWD/tools/moved_clock" TZ=UTC
red=()
for moment in "${moments[@]}"; do
  echo "== the clock at $(date -d "$moment" '+%F %R')"
  # A distance and not a date: a date would begin again in each process that a test starts.
  away=$(($(date -d "$moment" +%s) - $(date +%s)))
  faketime -f "$(printf '%+d' "$away")" .venv/bin/python -m pytest -q -p no:randomly -p no:cacheprovider \
    -n "${JOBS:-2}" --dist loadgroup "$@" || red+=("$moment")
done
[ ${#red[@]} -eq 0 ] || { printf 'Red with the clock at: %s\n' "${red[@]}" >&2; exit 1; }
