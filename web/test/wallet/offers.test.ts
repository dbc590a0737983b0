import assert from "node:assert/strict";
import { test } from "node:test";
import { endOf, startOf } from "../../voucher/civil.ts";
import { passes } from "../../wallet/core/card.ts";
import { changes } from "../../wallet/core/changes.ts";
import { cents, euros, total } from "../../wallet/core/money.ts";
import { needOf, NEEDS } from "../../wallet/core/needs.ts";
import { ranked, standing, usedCount } from "../../wallet/core/standing.ts";
import { contrast, tint } from "../../wallet/core/tint.ts";
import { typographic } from "../../wallet/core/typography.ts";
import { bundle, card, entry, NOW, makeUse } from "./world.ts";

test("an offer is usable from its first second to before its end", () => {
  const offer = entry();
  assert.equal(standing(offer, 0, offer.validFrom - 1), "soon");
  assert.equal(standing(offer, 0, offer.validFrom), "now");
  assert.equal(standing(offer, 0, offer.validUntil - 1), "now");
  assert.equal(standing(offer, 0, offer.validUntil), "ended");
  assert.equal(standing(offer, 1, NOW), "now");
  assert.equal(standing(offer, 2, NOW), "used");
  assert.equal(standing(entry({ uses: 0, period: 0 }), 99, NOW), "now");
});

test("only accepted uses of this card and offer in the running period count", () => {
  const one = card([entry()]);
  const pass = { card: one, entry: one.bundle.entries[0]! };
  const uses = [
    makeUse(),
    makeUse({ at: startOf("2026-11-01") }),
    makeUse({ at: startOf("2026-11-01") - 1 }),
    makeUse({ outcome: "refused" }),
    makeUse({ offer: 2 }),
    makeUse({ card: "bb" }),
  ];
  assert.equal(usedCount(pass, uses, NOW), 2);
});

test("usable now comes first, the soonest end on top, and a closed card shows nothing", () => {
  const offers = [
    entry({ offer: 1, validUntil: endOf("2026-11-01") }),
    entry({ offer: 2, validFrom: startOf("2026-12-01") }),
    entry({ offer: 3, validUntil: endOf("2027-01-31") }),
    entry({ offer: 4, validUntil: endOf("2026-11-22") }),
    entry({ offer: 5, uses: 1, validUntil: endOf("2026-11-22") }),
  ];
  const order = ranked(passes([card(offers)]), [makeUse({ offer: 5 })], new Set(), NOW);
  assert.deepEqual(
    order.map((item) => item.entry.offer),
    [4, 3, 2, 5, 1],
  );
  assert.deepEqual(passes([card(offers, { closed: true })]), []);
});

test("a new file is told in facts", () => {
  const before = bundle([entry(), entry({ offer: 2, title: "Piscine" })]);
  const after = bundle(
    [
      entry({ headline: "−40 %", validUntil: endOf("2027-07-01"), conditions: ["Dès 5 €"] }),
      entry({ offer: 3, title: "Vélo" }),
    ],
    { note: "À mardi", expires: endOf("2027-12-31") },
  );
  assert.deepEqual(
    changes(before, after).map(({ kind }) => kind),
    ["headline", "dates", "terms", "added", "removed", "renewed", "note"],
  );
  assert.deepEqual(changes(before, before), []);
  assert.deepEqual(changes(before, bundle([], { closed: true })), [{ kind: "closed" }]);
});

test("a code that is derived anew each week is no news", () => {
  const [old, next] = ["AAAA", "BBBB"].map((code) => bundle([entry({ way: "code", code })]));
  assert.deepEqual(changes(old!, next!), []);
});

test("amounts are read as people write them", () => {
  for (const [typed, value] of [
    ["4,5", 450],
    ["4.50 €", 450],
    ["", 0],
    ["12", 1200],
    [",5", 50],
    [" 1 300 ", 130000],
  ] as const) {
    assert.equal(cents(typed), value, typed);
  }
  for (const typed of ["-1", "4,505", "abc", "1e3", "999999", "١"]) assert.equal(cents(typed), null, typed);
  assert.equal(euros(450, "fr").replace(/\s/g, " "), "4,50 €");
  assert.equal(euros(1200, "fr").replace(/\s/g, " "), "12 €");
  assert.equal(total([makeUse(), makeUse({ outcome: "refused" }), makeUse({ saving: 50 })]), 500);
});

test("text on any partner's colour is readable", () => {
  for (let n = 0; n < 4096; n++) {
    const { ground, text } = tint(`#${(n * 4099).toString(16).padStart(6, "0").slice(-6)}`);
    assert.ok(contrast(ground, text) >= 4.2, ground);
  }
  assert.equal(tint("red;}").ground, tint(null).ground);
});

test("every category has one of the six colours, always the same", () => {
  assert.equal(needOf("mobilite"), "move");
  assert.equal(NEEDS.includes(needOf("inconnue")), true);
  assert.equal(needOf("inconnue"), needOf("inconnue"));
});

test("what editors write is set with the no-break spaces of French", () => {
  assert.equal(
    typographic("−30 % : « oui » ! 1 300 €"),
    "−30\u00a0%\u00a0: «\u202foui\u202f»\u202f! 1\u202f300\u00a0€",
  );
  assert.equal(typographic("30 Go, de 9 h à 13 h 30"), "30\u00a0Go, de 9\u00a0h à 13\u00a0h\u00a030");
});
