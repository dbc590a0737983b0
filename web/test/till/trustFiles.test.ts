/** What the site answers when the till asks for lists: capped, timed, and never trusted for what it says. */
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { fetchIndex, Unreachable } from "../../till/trustFiles.ts";

const real = globalThis.fetch;
afterEach(() => {
  globalThis.fetch = real;
});

function answer(body: BodyInit | null, status = 200): void {
  globalThis.fetch = async () => new Response(body, { status });
}

test("lists partners in the alphabet's order and leaves out what is none", async () => {
  const partners = [
    { slug: "zebre", name: "Zèbre" },
    { slug: "../root", name: "Mal écrit" },
    { slug: "ecole", name: "École de conduite" },
    { slug: "sans-nom" },
    null,
    "texte",
  ];
  answer(JSON.stringify({ partners, root: 3 }));
  assert.deepEqual(await fetchIndex("/"), {
    partners: [
      { slug: "ecole", name: "École de conduite" },
      { slug: "zebre", name: "Zèbre" },
    ],
    root: 3,
  });
});

test("an index of another shape is an empty one", async () => {
  for (const body of ["null", "[]", '{"partners":{}}', '"partners"']) {
    answer(body);
    assert.deepEqual(await fetchIndex("/"), { partners: [], root: 0 });
  }
});

test("stops reading an answer without end at the cap", async () => {
  let sent = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent += 65_536;
      controller.enqueue(new Uint8Array(65_536));
    },
  });
  answer(endless);
  await assert.rejects(fetchIndex("/"), Unreachable);
  assert.ok(sent < 1_000_000, `${sent} bytes were asked for`);
});

test("no network and no such file are one and the same to a till", async () => {
  answer("nothing here", 404);
  await assert.rejects(fetchIndex("/"), Unreachable);
  answer("<!doctype html><title>Wi-Fi</title>");
  await assert.rejects(fetchIndex("/"), Unreachable);
  globalThis.fetch = async () => {
    throw new TypeError("failed to fetch");
  };
  await assert.rejects(fetchIndex("/"), Unreachable);
});
