import { savingOf } from "../verifier/saving.ts";
import { decide, type Decision } from "../verifier/decide.ts";
import { type Build, type Outcome, type Stored, TrustStore } from "../verifier/trustStore.ts";
import type { TillProfile } from "../verifier/views.ts";
import { dayOf } from "../voucher/civil.ts";
import { Kind } from "../voucher/journal.ts";
import { readSetting, writeSettings } from "./store/database.ts";
import { type Draft, Journal, JournalError, type StoredRow } from "./store/journal.ts";
import { makeTillKey, type TillKey } from "./store/tillKey.ts";
import { refresh } from "./trustFiles.ts";

/** Seconds since 1970, whole: the device's clock. */
export type Clock = () => number;
export const deviceClock: Clock = () => Math.floor(Date.now() / 1000);

// A decision that waits longer than this for its "Valider" is taken again: midnight may have passed.
const DECISION_LIVES = 600;
const MAX_NAME = 40;

/** The decision is too old to be confirmed; scan again. */
export class StaleDecision extends Error {}

/** A till that has been set up: everything but pixels. */
export class Till {
  private readonly confirming = new WeakMap<Decision, Promise<StoredRow>>();

  private constructor(
    private readonly db: IDBDatabase,
    readonly profile: TillProfile,
    private readonly key: TillKey,
    public trust: TrustStore,
    readonly journal: Journal,
    private readonly clock: Clock,
  ) {}

  /** The till of this browser, or null before its set-up. Rejects with VoucherError when the build's root is unfit. */
  static async open(db: IDBDatabase, build: Build, clock: Clock = deviceClock): Promise<Till | null> {
    const profile = await readSetting<TillProfile>(db, "profile");
    const key = await readSetting<TillKey>(db, "key");
    if (!profile || !key || profile.demo !== build.demo) {
      await TrustStore.begin(build, "");
      return null;
    }
    const stored = await readSetting<Stored>(db, "trust");
    const trust = stored
      ? await TrustStore.restore(build, profile.partner, stored)
      : await TrustStore.begin(build, profile.partner);
    return new Till(db, profile, key, trust, new Journal(db, key.publicKey), clock);
  }

  /** Make this browser a till: its own key, its name, and the trust that it starts with. */
  static async setUp(
    db: IDBDatabase,
    trust: TrustStore,
    name: string,
    clock: Clock = deviceClock,
  ): Promise<Till> {
    const profile: TillProfile = {
      partner: trust.partner,
      name: name.trim().slice(0, MAX_NAME),
      demo: trust.build.demo,
    };
    // A key outlives a second set-up: the journal's chain starts at it.
    const key = (await readSetting<TillKey>(db, "key")) ?? (await makeTillKey());
    const { publicKey, secret } = key;
    await writeSettings(db, { profile, key: { publicKey, secret }, trust: trust.stored() });
    return new Till(db, profile, key, trust, new Journal(db, publicKey), clock);
  }

  get publicKey(): Uint8Array {
    return this.key.publicKey;
  }

  /** Now, as far as this till can know (trust-v1 §6). */
  async effective(): Promise<number> {
    return Math.max(this.clock(), this.trust.floor, await this.journal.seen());
  }

  /** Decide on a text that was scanned, typed or read from a picture. */
  async scan(text: string, challenge: number | null = null): Promise<Decision> {
    const trust = this.trust.view(await this.journal.seen());
    return decide(text, { trust, till: this.profile, uses: this.journal, now: this.clock(), challenge });
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
    const { voucher, offer, canConfirm } = decision;
    if (!canConfirm || !voucher || !offer) throw new TypeError("not a decision that can be confirmed");
    const draft = await this.draft(decision, Kind.ACCEPTED);
    if (draft.effective - decision.effective > DECISION_LIVES) throw new StaleDecision();
    return this.journal.accept({ ...draft, amount, saving: savingOf(offer.saving, amount) }, voucher.claims);
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
      offer: decision.voucher?.claims.offer ?? null,
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

  /** The whole journal, signed. Rejects with BrokenChain. */
  async exportFile(): Promise<Uint8Array> {
    const { exportJournal } = await import("./store/exporting.ts");
    return exportJournal(await this.journal.rows(), this.profile.partner, this.profile.name, this.key);
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
    if (store !== this.trust) await writeSettings(this.db, { trust: store.stored() });
    this.trust = store;
    return outcome;
  }
}

export { JournalError };
