import type { Decision } from "../verifier/decision.ts";
import { isShortCode } from "../verifier/typed.ts";
import { explain } from "../verifier/wording.ts";
import {
  CHALLENGE_LIVES,
  challengeOf,
  drawDigits,
  follow,
  listens,
  type Notice,
  START,
  type Step,
} from "./flow.ts";
import type { Decoder } from "./scan/decoder.ts";
import { isPairing } from "./pairing.ts";
import { isFrame, Receiving } from "./receiving.ts";
import { readPhoto } from "./scan/photo.ts";
import type { Burst } from "./scan/wedge.ts";
import { deviceClock } from "./shop.ts";
import { signal, type Tone } from "./signal.ts";
import { JournalError, type StoredRow } from "./store/journal.ts";
import { isLow, lookForRoom } from "./store/room.ts";
import { totals } from "./store/totals.ts";
import { StaleDecision, type Till } from "./till.ts";
import type { Words } from "./words.ts";

export type Open = "type" | "journal" | "settings" | "receive" | StoredRow | null;

/** What the service needs of its page. */
export interface Place {
  readonly words: Words;
  /** Have a screen reader interrupt with this sentence. */
  announce(sentence: string): void;
  /** Something to be drawn again. */
  changed(): void;
}

// After "next" the same phone is often still before the camera: the text it shows is passed over for this long.
const SAME_TEXT_MS = 1500;
// So is a poster whose sheet was left, until the camera has seen none of its frames for this long.
const SAME_POSTER_MS = 1500;

/** Serves one customer after the other: what is on the screen, and what each tap or scan makes of it. */
export class Service {
  step: Step = START;
  /** What lies over the step: a sheet, or the row that is about to be taken back. */
  sheet: Open = null;
  /** Leaves what lies over the sheet, as codes to be scanned; null when nothing does. */
  leaveInner: (() => void) | null = null;
  sound = true;
  today: readonly StoredRow[] = [];
  /** A list or a journal that comes frame by frame, and what came of it. */
  readonly receiving = new Receiving();
  received = "";
  /** Bytes that are left, once they are few; else null. */
  low: number | null = null;
  private busy = false;
  private seen = { text: "", until: 0 };
  private posterUntil = 0;
  /** The row that has just turned green. */
  private green: number | null = null;

  constructor(
    readonly till: Till,
    private readonly decoder: Decoder,
    private readonly place: Place,
  ) {
    this.count();
  }

  /** Uses accepted today that stand. */
  get accepted(): number {
    return totals(this.today).accepted;
  }

  /** Read today's rows again. */
  count(): void {
    this.till.today().then(
      (rows) => {
        this.today = rows;
        this.place.changed();
      },
      () => undefined,
    );
    void lookForRoom().then((room) => {
      this.low = isLow(room) ? room.free : null;
      this.place.changed();
    });
  }

  open(sheet: Open): void {
    if (sheet === "journal") this.count();
    if (sheet === "receive") this.received = "";
    else this.receiving.forget();
    this.sheet = sheet;
    this.leaveInner = null;
    this.place.changed();
  }

  close(): void {
    if (this.sheet === "receive") this.posterUntil = performance.now() + SAME_POSTER_MS;
    this.open(null);
    this.count();
  }

  /** Does anything lie over the scanning screen? */
  get isOver(): boolean {
    return this.sheet !== null || this.step.at !== "scan";
  }

  /** The device's back button: the sheet, else the verdict, is left as by its own button; never while a row is written. */
  back(): void {
    if (this.leaveInner) this.leaveInner();
    else if (this.sheet !== null) this.close();
    else if (this.isOver && !(this.step.at === "verdict" && this.step.writing)) this.next(true);
  }

  /** After a void, or when it was given up. */
  voided(): void {
    this.open("journal");
    if (this.step.at === "accepted") this.go(START);
  }

  /** What the camera sees; `at` as performance.now(). */
  saw(text: string, at: number): void {
    if (this.sheet === "receive" && !isFrame(text)) return; // a voucher is not looked at behind a sheet
    if (this.isLeft(text, at)) {
      this.posterUntil = at + SAME_POSTER_MS; // else there were no way out before a poster
      return;
    }
    if (text !== this.seen.text || at >= this.seen.until) void this.look(text, at);
  }

  /** What a reader typed. */
  heard(burst: Burst): void {
    if (burst.kind === "text") return void this.look(burst.text);
    if (this.step.at !== "scan") return;
    this.notice("garbled");
    this.place.announce(this.place.words.say("notice.garbled"));
  }

  async photo(file: File): Promise<void> {
    this.notice("photo_reading");
    try {
      const text = await readPhoto(file, this.decoder);
      if (text === null) return this.notice("photo_none");
      await this.look(text);
    } catch {
      this.notice("photo_broken");
    }
  }

  /** Decide on a text and show what came of it. */
  async look(text: string, at = performance.now(), again = false): Promise<void> {
    if (isFrame(text)) return this.receive(text);
    if (isPairing(text)) return this.pair(text);
    return this.decide(text, at, again, (challenge) => this.till.scan(text, challenge));
  }

  /** Decide on what a person typed. */
  async typed(text: string, again = false): Promise<void> {
    if (!isShortCode(text)) return this.look(text);
    return this.decide(text, performance.now(), again, () => this.till.scanTyped(text));
  }

  private async decide(
    text: string,
    at: number,
    again: boolean,
    ask: (challenge: number | null) => Promise<Decision>,
  ): Promise<void> {
    const before = this.step;
    if (this.busy || (!again && !listens(before))) return;
    this.busy = true;
    try {
      const clock = deviceClock();
      const asked = performance.now();
      const decision = await ask(challengeOf(before, clock));
      performance.measure("cje-decision", { start: asked }); // read by bench/
      const next = follow(before, text, decision, clock, drawDigits, this.green);
      if (next === before) return;
      if (next.at === "scan") {
        if (before.at !== "scan" || before.notice !== next.notice) this.go(next);
        return;
      }
      this.sheet = this.leaveInner = null;
      this.go(next, decision.severity === "accept" ? "seen" : decision.severity);
      this.tell(next);
      // Read by bench/ and the tests: from the picture to the painted verdict.
      requestAnimationFrame(() => performance.measure("cje-verdict", { start: at }));
    } catch {
      // The journal could not be read: without it nothing can be decided.
      this.go({ at: "scan", notice: "unreadable" }, "refuse");
    } finally {
      this.busy = false;
    }
  }

  /** Is this a frame of the poster before which the sheet was left just now? */
  private isLeft(text: string, at: number): boolean {
    return this.sheet !== "receive" && at < this.posterUntil && isFrame(text) && this.receiving.wasLeft(text);
  }

  /** Take a frame of a list or of a journal; the whole file is then checked as if it had come by itself. */
  private async receive(text: string): Promise<void> {
    if (this.busy || (this.step.at !== "scan" && this.sheet !== "receive")) return;
    this.busy = true;
    const { words, announce } = this.place;
    try {
      const file = await this.receiving.take(text);
      if (file === "known") return;
      if (this.isLeft(text, performance.now())) return; // while the file was put together
      if (this.sheet !== "receive") this.open("receive");
      if (file === "more") {
        this.received = "";
      } else {
        // A journal is signed by one, a list by several: their first bytes differ.
        const isJournal = file[0] === 0xd2;
        this.received = isJournal
          ? await (await import("./merged.ts")).mergeAndSay(this.till, new Blob([file as BlobPart]), words)
          : words.say(`outcome.${await this.till.take(file)}`);
        signal("seen", this.sound);
        announce(this.received);
      }
      this.place.changed();
    } catch {
      // Half a frame, or one of two files: the others will come round again.
    } finally {
      this.busy = false;
    }
  }

  /** Take the partner's short-code key, between two customers. */
  private async pair(text: string): Promise<void> {
    if (this.busy || this.step.at !== "scan") return;
    const paired = await this.till.pair(text).catch(() => "unreadable" as const);
    this.sheet = this.leaveInner = null;
    if (this.step.notice !== paired) this.place.announce(this.place.words.say(`notice.${paired}`));
    this.notice(paired);
  }

  /** @param asked the cashier pressed a button; false when the green screen ended by itself. */
  next(asked: boolean): void {
    const last = this.step;
    const text = last.at === "verdict" || last.at === "unwritten" ? last.text : "";
    this.seen = { text, until: performance.now() + SAME_TEXT_MS };
    if (asked) this.green = null;
    this.go(START);
  }

  /** Write, then green: never the other way round. */
  async confirm(amount: number | null): Promise<void> {
    const from = this.step;
    if ((from.at !== "verdict" || from.writing) && from.at !== "unwritten") return;
    const { text, decision } = from;
    const { words, announce } = this.place;
    this.go({ at: "verdict", text, decision, writing: true });
    try {
      const row = await this.till.confirm(decision, amount);
      this.green = row.n;
      this.go({ at: "accepted", decision, row }, "accept");
      announce(`${words.verdicts["word.accept"]}. ${words.say("accepted.sentence")}`);
      this.count();
    } catch (failure) {
      const told = failure instanceof JournalError ? failure.code : "";
      if (told === "already_accepted" || told === "used_up" || failure instanceof StaleDecision) {
        return decision.typed ? this.typed(text, true) : this.look(text, performance.now(), true);
      }
      this.go({ at: "unwritten", text, decision, amount }, "refuse");
      const said = ["word", "sentence", "next"].map((key) => words.say(`unwritten.${key}`));
      announce(said.join(". "));
    }
  }

  async refuse(): Promise<void> {
    const from = this.step;
    if (from.at !== "verdict" && from.at !== "challenge") return;
    this.next(true);
    await this.till.refuse(from.decision).then(
      () => this.count(),
      () => this.notice("unreadable"),
    );
  }

  /** Four other digits for the same phone. */
  challengeAgain(): void {
    if (this.step.at !== "challenge") return;
    this.go({ ...this.step, digits: drawDigits(), ends: deviceClock() + CHALLENGE_LIVES, wrong: false });
  }

  private notice(name: Notice): void {
    this.go({ at: "scan", notice: name });
  }

  private go(next: Step, tone?: Tone): void {
    this.step = next;
    if (tone) signal(tone, this.sound);
    this.place.changed();
  }

  private tell(step: Step): void {
    if (step.at !== "verdict" && step.at !== "challenge") return;
    const { words, announce } = this.place;
    const { decision } = step;
    const { word, sentence, next } = explain(decision, words.verdicts, { locale: words.locale });
    if (decision.severity !== "accept") return announce(`${word}. ${sentence} ${next}`);
    const offer = `${decision.offer?.headline ?? ""} ${decision.offer?.title ?? ""}`;
    announce(`${words.say("decision.valid")}. ${offer}. ${words.say("decision.valid_next")}`);
  }
}
