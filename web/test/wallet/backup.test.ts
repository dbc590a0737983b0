import assert from "node:assert/strict";
import { test } from "node:test";
import { backupOf, fromBase64, openBackup, sealBackup, toBase64 } from "../../wallet/core/backup.ts";
import { WalletError } from "../../wallet/core/errors.ts";
import { card, entry, makeUse } from "./world.ts";

const PASSPHRASE = "quatre mots au hasard";
const sealed = sealBackup(backupOf([card([entry()])], { ff: 3 }, [makeUse()], [1, 2]), PASSPHRASE);

const tampered = (fault: unknown): boolean => fault instanceof WalletError && fault.code === "tampered";

test("a backup opens with its passphrase, however its accents were typed", async () => {
  const backup = await openBackup(await sealed, PASSPHRASE);
  assert.deepEqual(backup.counters, { ff: 3 });
  assert.deepEqual(backup.favourites, [1, 2]);
  assert.equal(backup.uses.length, 1);
  const accented = await sealBackup(backup, "été à la mer");
  assert.equal((await openBackup(accented, "été à la mer".normalize("NFD"))).cards.length, 1);
});

test("another passphrase, a changed byte or another file opens nothing", async () => {
  const file = await sealed;
  await assert.rejects(openBackup(file, `${PASSPHRASE} `), tampered);
  for (const at of [0, 6, 22, 40, file.length - 1]) {
    const changed = file.slice();
    changed[at]! ^= 1;
    await assert.rejects(openBackup(changed, PASSPHRASE), tampered);
  }
  await assert.rejects(openBackup(new Uint8Array(), PASSPHRASE), tampered);
  await assert.rejects(openBackup(file.slice(0, 33), PASSPHRASE), tampered);
});

test("the file tells nothing and is never twice the same", async () => {
  const again = await sealBackup(await openBackup(await sealed, PASSPHRASE), PASSPHRASE);
  assert.notDeepEqual(again, await sealed);
  assert.equal(!new TextDecoder("latin1").decode(again).includes("Panier"), true);
});

test("bytes survive base64", () => {
  const data = Uint8Array.from({ length: 256 }, (_, at) => at);
  assert.deepEqual(fromBase64(toBase64(data)), data);
});
