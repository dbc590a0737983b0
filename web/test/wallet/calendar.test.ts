import assert from "node:assert/strict";
import { test } from "node:test";
import { endOf, startOf } from "../../voucher/civil.ts";
import { calendarFile } from "../../wallet/core/ics.ts";
import { daysLeft, dayWords, lastDay, untilWords } from "../../wallet/core/days.ts";

const FRENCH = {
  first: "1er",
  names: "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split(" "),
};

test("the last valid day is still a day of use, up to its last second in Paris", () => {
  const until = endOf("2027-03-31");
  assert.equal(lastDay(until), "2027-03-31");
  assert.equal(daysLeft(until, startOf("2027-03-31")), 0);
  assert.equal(daysLeft(until, until - 1), 0);
  assert.equal(daysLeft(until, until), -1);
  assert.equal(daysLeft(until, startOf("2027-03-31") - 1), 1);
});

test("days are counted right over the nights that have 23 and 25 hours", () => {
  assert.equal(daysLeft(endOf("2027-03-29"), startOf("2027-03-27")), 2);
  assert.equal(daysLeft(endOf("2026-10-26"), endOf("2026-10-24") - 1), 2);
});

test("a date has its year only when day and month could be mistaken", () => {
  const now = startOf("2026-11-21");
  assert.equal(untilWords(endOf("2027-03-31"), now, FRENCH), "31 mars");
  assert.equal(untilWords(endOf("2027-12-31"), now, FRENCH), "31 décembre 2027");
  assert.equal(dayWords("2027-01-01", now, FRENCH), "1er janvier");
  assert.equal(dayWords("2027-01-02", now, FRENCH), "2 janvier");
});

test("a calendar file has folded lines of 75 bytes, escaped text and one stable id", () => {
  const title = `Dernier jour : ${"é".repeat(80)}; a, b\\c`;
  const file = calendarFile(
    [{ id: "offer-1", title, details: "x\ny\u0000", day: "2027-03-31" }],
    1_790_000_000,
  );
  const lines = file.split("\r\n");
  assert.equal(
    lines.every((line) => new TextEncoder().encode(line).length <= 75),
    true,
  );
  const unfolded = file.replace(/\r\n /g, "");
  assert.equal(unfolded.includes(`SUMMARY:Dernier jour : ${"é".repeat(80)}\\; a\\, b\\\\c\r\n`), true);
  assert.equal(unfolded.includes("DESCRIPTION:x\\ny\r\n"), true);
  assert.equal(unfolded.includes("DTSTART;VALUE=DATE:20270331\r\n"), true);
  assert.equal(unfolded.includes("UID:offer-1@"), true);
  assert.equal(unfolded.includes("DTSTAMP:20260921T141320Z\r\n"), true);
});
