#!/usr/bin/env bash
# Ask Lighthouse about each kind of page of the demonstration's site: tools/lighthouse.sh [PATH…]
# Lighthouse is set up once in .venv-peers/lighthouse/, beside the other peers. Exit 1 when a score is under 100: on a
# busy machine the score of performance is the machine's, so that it is only shown.
set -euo pipefail
cd "$(dirname "$0")/.."

peer=$PWD/.venv-peers/lighthouse
if [ ! -x "$peer/node_modules/.bin/lighthouse" ]; then
  echo "Setting up Lighthouse in .venv-peers/lighthouse/, once…" >&2
  mkdir -p "$peer"
  echo '{"private":true}' >"$peer/package.json"
  npm install --prefix "$peer" --silent --no-audit --no-fund --no-package-lock lighthouse@12.8.2
fi

folder=$(mktemp -d)
trap 'kill "$server" 2>/dev/null || true; rm -rf "$folder"' EXIT
.venv/bin/cje site build --out "$folder/public" >&2
.venv/bin/cje site serve --out "$folder/public" >"$folder/told" &
server=$!
until grep -q http "$folder/told"; do sleep 0.2; done
address=$(grep -o 'http://[^ ]*/' "$folder/told")

if [ $# = 0 ]; then
  set -- "" offres/ besoins/loisirs/ etiquettes/cinema/ territoires/ offres/grand-lampion-place/ partenaires/ \
    partenaires/le-grand-lampion/ recherche/ favoris/ comment-ca-marche/ devenir-partenaire/ \
    devenir-partenaire/affichette/ aide/ accessibilite/ carte/ caisse/
fi
missed=0
ask() {
  CHROME_PATH=$(command -v chromium) "$peer/node_modules/.bin/lighthouse" "$1" --quiet --output=json \
    --output-path="$folder/out.json" --chrome-flags="--headless=new --no-sandbox --disable-gpu --disable-quic"
}
for path in "$@"; do
  ask "$address$path" || ask "$address$path" # now and then it loses the trace (NO_NAVSTART), and says to try again
  node -e '
    const { categories } = JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8"));
    const scores = Object.entries(categories).map(([name, { score }]) => [name, Math.round(score * 100)]);
    console.log(("/" + process.argv[2]).padEnd(36), scores.map((one) => one.join(" ")).join("  "));
    process.exitCode = scores.some(([name, score]) => name !== "performance" && score < 100) ? 1 : 0;
  ' "$folder/out.json" "$path" || missed=1
done
exit "$missed"
