import assert from "node:assert/strict";
import { test } from "node:test";
import { BELIEVED, judge, measured, SLACK, TOLERATED } from "../../wallet/core/clock.ts";

const NOW = 1_790_000_000;

test("a clock within the tolerance is left alone, beyond it is corrected", () => {
  const measure = (offset: number) => ({ offset, at: NOW - 10 });
  assert.deepEqual(judge(NOW, 0, measure(TOLERATED)), { correction: 0, fault: "none" });
  assert.deepEqual(judge(NOW, 0, measure(TOLERATED + 1)), { correction: TOLERATED + 1, fault: "measured" });
  assert.deepEqual(judge(NOW, 0, measure(-600)), { correction: -600, fault: "measured" });
});

test("a measure is believed for a day and never once the clock was set back", () => {
  assert.equal(judge(NOW + BELIEVED, 0, { offset: 600, at: NOW }).correction, 600);
  assert.equal(judge(NOW + BELIEVED + 1, 0, { offset: 600, at: NOW }).correction, 0);
  assert.equal(judge(NOW - 1, 0, { offset: 600, at: NOW }).correction, 0);
});

test("a clock below a signed time is certainly wrong", () => {
  assert.equal(judge(NOW - SLACK, NOW, null).fault, "none");
  assert.equal(judge(NOW - SLACK - 1, NOW, null).fault, "behind");
});

test("a Date header gives the error of the phone, a slow or absent one gives nothing", () => {
  const header = new Date((NOW + 600) * 1000).toUTCString();
  const sent = NOW * 1000;
  assert.equal(measured(header, sent, sent + 400)?.offset, 600);
  assert.equal(measured(header, sent, sent + 10_001), null);
  assert.equal(measured(header, sent, sent - 1), null);
  assert.equal(measured(null, sent, sent + 400), null);
  assert.equal(measured("yesterday", sent, sent + 400), null);
});
