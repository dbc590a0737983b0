/** `node --import tsx conformance.ts`: JSON lines in, JSON lines out, in order (`tests/conformance/README.md`). */

import { createInterface } from "node:readline";

import { answer } from "./conformance/answer.ts";

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(JSON.stringify(await answer(JSON.parse(line))) + "\n");
}
