/** Which screen follows which. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Decision } from "../../verifier/decision.ts";
import { type Verdict, VERDICTS } from "../../verifier/verdicts.ts";
import { challengeOf, drawDigits, follow, listens, type Step } from "../../till/flow.ts";
import { parseAmount } from "../../till/amount.ts";
import { Words } from "../../till/words.ts";

const SCAN: Step = { at: "scan", notice: null };

function decision(verdict: Verdict, details: Decision["details"] = {}): Decision {
  const { severity, confirmable } = VERDICTS[verdict];
  return { verdict, severity, canConfirm: confirmable, details, checks: [] } as unknown as Decision;
}
const after = (step: Step, verdict: Verdict, details = {}, last: number | null = null): Step =>
  follow(step, "text", decision(verdict, details), 1000, () => 42, last);

test("every verdict but not_live is shown as it is, and none of them is the green screen", () => {
  for (const verdict of Object.keys(VERDICTS) as Verdict[]) {
    if (verdict === "not_live") continue;
    const step = after(SCAN, verdict);
    assert.equal(step.at === "verdict" && step.decision.verdict === verdict && !step.writing, true);
  }
});

test("not_live shows four digits for 180 seconds; the old code before the camera does not change them", () => {
  const shown = after(SCAN, "not_live");
  assert.equal(shown.at === "challenge" && shown.digits === 42 && shown.ends === 1180, true);
  assert.equal(after(shown, "not_live"), shown);
  assert.equal(challengeOf(shown, 1179), 42);
  assert.equal(challengeOf(shown, 1180), null);
});

test("wrong digits are said without new ones; the right ones lead on", () => {
  const shown = after(SCAN, "not_live");
  const wrong = after(shown, "wrong_challenge");
  assert.equal(wrong.at === "challenge" && wrong.wrong && wrong.digits === 42, true);
  assert.equal(after(wrong, "accepted").at, "verdict");
});

test("after their time the digits are drawn again", () => {
  const shown = after(SCAN, "not_live");
  const later = follow(shown, "text", decision("not_live"), 1180, () => 7, null);
  assert.equal(later.at === "challenge" && later.digits === 7, true);
});

test("the voucher that has just turned green is a word, not a red screen; any other repeat is red", () => {
  assert.deepEqual(after(SCAN, "already_accepted", { row: 3 }, 3), { at: "scan", notice: "again" });
  assert.equal(after(SCAN, "already_accepted", { row: 3 }, 4).at, "verdict");
  assert.equal(after(SCAN, "already_accepted", { row: 3 }).at, "verdict");
});

test("another code cannot replace what a cashier is about to confirm", () => {
  assert.equal(listens(after(SCAN, "accepted")), false);
  assert.equal(listens(after(SCAN, "paper")), false);
  assert.equal(listens(after(SCAN, "expired")), true);
  assert.equal(listens(SCAN), true);
});

test("digits cover 0 to 9999", () => {
  const drawn = Array.from({ length: 5000 }, drawDigits);
  assert.equal(
    drawn.every((digits) => Number.isInteger(digits) && digits >= 0 && digits <= 9999),
    true,
  );
  assert.equal(drawn.some((digits) => digits < 200) && drawn.some((digits) => digits > 9800), true);
});

test("reads amounts as cashiers type them, and nothing else", () => {
  const read: [string, number | null][] = [
    ["24,90", 2490], ["24.9", 2490], ["24 €", 2400], ["1 234,50", 123_450], ["0", 0], ["100000", 10_000_000],
    ["", null], ["-3", null], ["1e3", null], ["24,905", null], ["２４", null], ["100000,01", null], ["3,,2", null],
  ]; // prettier-ignore
  for (const [typed, cents] of read) assert.equal(parseAmount(typed), cents, typed);
});

test("chooses the form of a count as the language does", () => {
  const messages = { "till.d.one": "{count} jour", "till.d.other": "{count} jours" };
  assert.equal(new Words(messages, "fr").say("d", { count: 0 }), "0 jour");
  assert.equal(new Words(messages, "en").say("d", { count: 0 }), "0 jours");
});
