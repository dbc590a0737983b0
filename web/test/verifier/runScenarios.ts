/** Run the scenarios that `tests/verifier/` wrote as JSON; print what was decided, for Python to compare. */

import { readFileSync } from "node:fs";
import { decide } from "../../verifier/decide.ts";
import { savingOf } from "../../verifier/saving.ts";
import { TrustStore } from "../../verifier/trustStore.ts";
import type { TillProfile, Use } from "../../verifier/views.ts";
import { explain, type Messages } from "../../verifier/wording.ts";
import { fromHex, toHex } from "../../voucher/bytes.ts";
import { decodeAnchor } from "../../voucher/root.ts";
import { decodeTrust } from "../../voucher/trust.ts";

interface Scenario {
  text: string;
  root: string;
  list: string | null;
  floor: number;
  till: TillProfile;
  uses: Use[];
  now: number;
  challenge: number | null;
}

interface Walk {
  build: { anchor: string; demo: boolean; floorVersion: number; floorTime: number; app: number };
  partner: string;
  files: [data: string, now: number][];
}

interface Input {
  /** By language. */
  messages: Readonly<Record<string, Messages>>;
  scenarios: Scenario[];
  walks: Walk[];
}

const input = JSON.parse(readFileSync(process.argv[2]!, "utf8")) as Input;

async function decided(scenario: Scenario): Promise<unknown> {
  const root = await decodeAnchor(fromHex(scenario.root));
  const list = scenario.list === null ? null : await decodeTrust(fromHex(scenario.list), root);
  const { floor, till, now, challenge } = scenario;
  const uses = { accepted: async () => scenario.uses };
  const decision = await decide(scenario.text, { trust: { root, list, floor }, till, uses, now, challenge });
  const { voucher, kid, evidence, offer, typed, ...plain } = decision;
  if (typed !== null) throw new Error("a scanned text is decided as a typed one");
  const words = Object.entries(input.messages).flatMap(([locale, messages]) =>
    [null, "0042"].map((digits) => explain(decision, messages, { locale, digits })),
  );
  return {
    ...plain,
    cti: voucher && toHex(voucher.claims.cti),
    kid: kid && toHex(kid),
    evidence: evidence && toHex(evidence),
    offer: offer && offer.number,
    savings: offer && [null, 0, 333, 1990].map((amount) => savingOf(offer.saving, amount)),
    words,
  };
}

async function walked({ build, partner, files }: Walk): Promise<unknown> {
  const compiled = { ...build, anchor: fromHex(build.anchor) };
  let store = await TrustStore.begin(compiled, partner);
  const outcomes: string[] = [];
  for (const [data, now] of files) {
    const [next, outcome] = await store.take(fromHex(data), now);
    store = next;
    outcomes.push(outcome);
  }
  const restored = await TrustStore.restore(compiled, partner, store.stored());
  return [store, restored].map((state) => ({
    outcomes,
    root: state.root.version,
    list: state.installed?.list.version ?? null,
    floor: state.floor,
    reports: state.reports.map((report) => [report.kind, report.version, toHex(report.refused)]),
  }));
}

const scenarios = [];
for (const scenario of input.scenarios) scenarios.push(await decided(scenario));
const walks = [];
for (const walk of input.walks) walks.push(await walked(walk));
process.stdout.write(JSON.stringify({ scenarios, walks }));
