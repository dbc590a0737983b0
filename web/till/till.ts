import { savingOf } from "../verifier/saving.ts";
import { decide } from "../verifier/decide.ts";
import type { Decision } from "../verifier/decision.ts";
import { decideTyped, type TypedUses } from "../verifier/typed.ts";
import type { Outcome, TrustStore } from "../verifier/trustStore.ts";
import type { TillProfile } from "../verifier/views.ts";
import { FRAME_CHUNK, MAX_FRAMES } from "../voucher/caps.ts";
import { dayOf } from "../voucher/civil.ts";
import { kid } from "../voucher/ed25519.ts";
import { Kind } from "../voucher/journal.ts";
import { Keyring } from "../voucher/keyring.ts";
import type { Pairing } from "../voucher/pairing.ts";
import { tagOf } from "../voucher/shortCode.ts";
import type { Paired } from "./pairing.ts";
import { type Clock, deviceClock, PAIRING, type Shop } from "./shop.ts";
import { readSetting, writeSettings } from "./store/database.ts";
import type { Aside } from "./store/mending.ts";
import type { Exporter } from "./store/exporting.ts";
import { type Draft, Journal, JournalError, PURGED, type StoredRow } from "./store/journal.ts";
import type { Merged } from "./store/merging.ts";
import { prove } from "./store/proof.ts";
import { keepTrust, openTrust } from "./store/trust.ts";
import { refresh } from "./trustFiles.ts";

// A decision that waits longer than this for its "Valider" is taken again: midnight may have passed.
const DECISION_LIVES = 600;
/** The longest life of a voucher (voucher-v1 §2.3), as KEEP_DAYS of verifier/till/retention.py. */
export const KEEP_DAYS = 400;
// Enough to see that something was changed, few enough not to slow the opening down.
const CHECKED_AT_START = 500;
/** Setting: the newest row that an export has carried out. */
const EXPORTED = "exported";

/** The decision is too old to be confirmed; scan again. */
export class StaleDecision extends Error {}

/** A till that has been set up: everything but pixels. */
export class Till {
  private readonly confirming = new WeakMap<Decision, Promise<StoredRow>>();

  readonly journal: Journal;

  private constructor(
    private readonly shop: Shop,
    public trust: TrustStore,
    private readonly clock: Clock,
  ) {
    this.journal = new Journal(shop.db, shop.key.publicKey);
  }

  /** Rejects with VoucherError when the build's root is unfit. */
  static async open(shop: Shop, clock: Clock = deviceClock): Promise<Till> {
    return new Till(shop, await openTrust(shop.db, shop.build, shop.profile.partner), clock);
  }

  get profile(): TillProfile {
    return this.shop.profile;
  }

  get publicKey(): Uint8Array {
    return this.shop.key.publicKey;
  }

  /** Now, as far as this till can know (trust-v1 §6). */
  async effective(): Promise<number> {
    return Math.max(this.clock(), this.trust.floor, await this.journal.seen());
  }

  /** Decide on twelve characters that a person typed (trust-v1 §8.3). */
  async scanTyped(text: string): Promise<Decision> {
    const trust = this.trust.view(await this.journal.seen());
    const typed = async (tag: number, kids: readonly Uint8Array[]): Promise<TypedUses> => {
      const { uses, scanned } = await this.journal.typed(tag, kids);
      const keyring = await this.keyring();
      const said = await Promise.all(scanned.map((row) => prove(row, keyring)));
      return { uses, claims: said.find((claims) => claims && tagOf(claims.cti) === tag) ?? null };
    };
    const shortKey = await this.shortKey();
    return decideTyped(text, { trust, till: this.profile, uses: { typed }, now: this.clock(), shortKey });
  }

  /** Decide on a text that was scanned, typed or read from a picture. */
  async scan(text: string, challenge: number | null = null): Promise<Decision> {
    const [trust, seen] = [this.trust.view(0), this.journal.seen()];
    return decide(text, {
      trust,
      seen,
      till: this.profile,
      uses: this.journal,
      now: this.clock(),
      challenge,
    });
  }

  /**
   * Write the accepted use. Resolves once the row is durable, and only then may anything turn green. However often
   * it is called for one decision, it writes once.
   *
   * Rejects with JournalError, or StaleDecision.
   */
  confirm(decision: Decision, amount: number | null): Promise<StoredRow> {
    const running = this.confirming.get(decision) ?? this.accept(decision, amount);
    this.confirming.set(decision, running);
    // The device refused: the cashier may try the same decision once more.
    running.catch(() => this.confirming.delete(decision));
    return running;
  }

  private async accept(decision: Decision, amount: number | null): Promise<StoredRow> {
    const { voucher, typed, offer, canConfirm } = decision;
    if (!canConfirm || !offer) throw new TypeError("not a decision that can be confirmed");
    const draft = await this.draft(decision, Kind.ACCEPTED);
    if (draft.effective - decision.effective > DECISION_LIVES) throw new StaleDecision();
    const paid = { ...draft, amount, saving: savingOf(offer.saving, amount) };
    if (voucher) return this.journal.accept(paid, voucher.claims);
    const keys = this.trust.installed?.list.keys ?? [];
    return this.journal.acceptTyped(paid, typed!, await Promise.all(keys.map(({ key }) => kid(key))));
  }

  /** Write that the cashier refused what could have been accepted, or asked to keep this decision. */
  async refuse(decision: Decision): Promise<StoredRow> {
    return this.journal.refuse(await this.draft(decision, Kind.REFUSED));
  }

  private async draft(decision: Decision, kind: Kind): Promise<Draft> {
    return {
      time: this.clock(),
      effective: await this.effective(),
      kind,
      verdict: decision.verdict,
      kid: decision.kid,
      cti: decision.voucher?.claims.cti ?? null,
      seq: decision.seq,
      offer: decision.voucher?.claims.offer ?? decision.offer?.number ?? null,
      amount: null,
      saving: null,
      offset: decision.offset,
      listVersion: decision.listVersion,
      evidence: decision.evidence,
      voids: null,
      reason: null,
    };
  }

  /** Take back an accepted row, within ten minutes, with a reason. Rejects with JournalError. */
  async void(n: number, reason: string): Promise<StoredRow> {
    return this.journal.void(n, reason, await this.effective());
  }

  /** Today's rows, oldest first. */
  async today(): Promise<StoredRow[]> {
    return this.journal.day(dayOf(await this.effective()));
  }

  /** The whole journal, signed, and the number of its newest row. Rejects with BrokenChain. */
  async exportFile(): Promise<{ file: Uint8Array; last: number }> {
    const { exportRun } = await import("./store/exporting.ts");
    const rows = await this.journal.rows();
    const file = await exportRun(await this.journal.run(rows), this.exporter);
    return { file, last: rows[rows.length - 1]?.n ?? 0 };
  }

  /** Remember that the rows up to this one were handed over: only then may `purge` let them go. */
  async exported(last: number): Promise<void> {
    await writeSettings(this.shop.db, { [EXPORTED]: last });
  }

  /** The newest rows, as many as QR frames can carry, signed; and how many those are. Rejects with BrokenChain. */
  async exportNewest(): Promise<{ file: Uint8Array; count: number }> {
    const { exportRun } = await import("./store/exporting.ts");
    let rows = await this.journal.find(() => true, MAX_FRAMES);
    rows.reverse();
    for (;;) {
      const file = await exportRun(await this.journal.run(rows), this.exporter);
      if (file.length <= MAX_FRAMES * FRAME_CHUNK) return { file, count: rows.length };
      rows = rows.slice(Math.ceil(rows.length / 8));
    }
  }

  /** The number of a row among the newest that somebody or something has changed, or null. */
  async damaged(): Promise<number | null> {
    const { firstBroken } = await import("./store/mending.ts");
    const rows = (await this.journal.find(() => true, CHECKED_AT_START)).reverse();
    if (!rows[0]) return null;
    const before = await this.journal.before(rows[0].n - 1).catch(() => null);
    return before ? firstBroken(rows, before) : rows[0].n;
  }

  /** Put a damaged journal aside and begin another; this till must then be opened anew. Rejects as IndexedDB does. */
  async setAside(): Promise<void> {
    const { ASIDES, setAside } = await import("./store/mending.ts");
    const { db, key } = this.shop;
    const kept = { [PURGED]: await readSetting(db, PURGED), [ASIDES]: await readSetting(db, ASIDES) };
    await setAside(db, await this.journal.rows(), { key, ...kept }, this.clock());
  }

  /** Journals that were put aside, oldest first. */
  async asides(): Promise<readonly Aside[]> {
    return (await readSetting<Aside[]>(this.shop.db, "asides")) ?? [];
  }

  /** What still holds of a journal that was put aside: one signed file for each run of rows. */
  async exportAside({ name }: Aside): Promise<Uint8Array[]> {
    const { exportAside } = await import("./store/mending.ts");
    return exportAside(name, this.exporter);
  }

  /** Let rows older than KEEP_DAYS go that an export has carried out. Resolves with their number. */
  async purge(): Promise<number> {
    const { purge } = await import("./store/retention.ts");
    return purge({
      db: this.shop.db,
      keyring: await this.keyring(),
      floor: Math.max(this.trust.floor, await this.journal.seen()),
      keep: KEEP_DAYS * 86_400,
      exported: (await readSetting<number>(this.shop.db, EXPORTED)) ?? 0,
    });
  }

  private get exporter(): Exporter {
    return { partner: this.profile.partner, till: this.profile.name, key: this.shop.key };
  }

  private async keyring(): Promise<Keyring> {
    return this.trust.installed?.list.keyring() ?? (await Keyring.of([]));
  }

  /** Take a pairing (trust-v1 §8): this partner's short-code key. Resolves with what came of it; rejects as IndexedDB. */
  async pair(text: string): Promise<Paired> {
    const { takePairing } = await import("./pairing.ts");
    return takePairing(text, this.shop, this.trust.root);
  }

  /** The partner's short-code key; null before this till was paired. */
  async shortKey(): Promise<Uint8Array | null> {
    return (await readSetting<Pairing>(this.shop.db, PAIRING))?.shortKey ?? null;
  }

  /** Take a neighbour's export: from now on both refuse what either has accepted. Rejects as `mergeExport`. */
  async merge(file: Blob): Promise<Merged> {
    const { mergeExport } = await import("./store/merging.ts");
    const keyring = await this.keyring();
    return mergeExport(file, {
      db: this.shop.db,
      partner: this.profile.partner,
      own: this.publicKey,
      keyring,
      shortKey: await this.shortKey(),
    });
  }

  /** Ask the site for newer roots and a newer list. Rejects with Unreachable. */
  async refresh(base: string): Promise<Outcome> {
    return this.keep(await refresh(this.trust, base, this.clock()));
  }

  /** Take a root or a list from a file: the same rules as from the network. */
  async take(file: Uint8Array): Promise<Outcome> {
    return this.keep(await this.trust.take(file, this.clock()));
  }

  private async keep([store, outcome]: readonly [TrustStore, Outcome]): Promise<Outcome> {
    if (store !== this.trust) await keepTrust(this.shop.db, store);
    this.trust = store;
    return outcome;
  }
}

export { JournalError };
