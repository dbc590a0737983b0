/** The protocol in a page: `window.answerAll`, and how long a live QR takes to be read here. */

import * as armour from "../voucher/armour.ts";
import { fromHex } from "../voucher/bytes.ts";
import { Keyring } from "../voucher/keyring.ts";
import { decodePresentation } from "../voucher/presentation.ts";
import { answer, type Answer, type Question, slowestVerdict } from "./answer.ts";

async function answerAll(questions: Question[]): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const question of questions) answers.push(await answer(question));
  return answers;
}

/** Median milliseconds from the text of a presentation to its claims, both signatures checked, keyring at hand. */
async function timePresentation(text: string, keys: string[], runs: number): Promise<number> {
  const keyring = await Keyring.of(keys.map(fromHex));
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    for (let i = 0; i < 20; i++) await decodePresentation(armour.decode(text).data, keyring);
    times.push((performance.now() - start) / 20);
  }
  return times.sort((a, b) => a - b)[runs >> 1]!;
}

Object.assign(window, { answerAll, slowestVerdict, timePresentation });
