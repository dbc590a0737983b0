/**
 * What a till trusts (trust-v1 §4), as a pure state machine: a file goes in, a new state and an outcome out.
 *
 * Storing is the caller's matter (IndexedDB). One reference time comes in with each file. A file that is not
 * installed changes nothing but the reports. The same as `verifier/trust_store.py`.
 */

import { equal, sha256 } from "../voucher/bytes.ts";
import { MAX_ROOT, MAX_TRUST } from "../voucher/caps.ts";
import { CosignedFile, type FileKind, ROOT, TRUST } from "../voucher/cosign.ts";
import { malformed, VoucherError } from "../voucher/errors.ts";
import { decodeAnchor, decodeSuccessor, type Root } from "../voucher/root.ts";
import { decodeTrust, type TrustList } from "../voucher/trust.ts";
import type { TrustView } from "./views.ts";

/** What a trust list's `min_app` is compared with; raised when a till must learn something. */
export const APP = 1;
export const MAX_FILE = MAX_TRUST;
/** A till that met this many forgeries has said enough; endless data is not kept. */
export const MAX_REPORTS = 16;

/** What became of a file; all but the first two keep what was installed. */
export type Outcome =
  | "installed"
  | "already"
  | "too_big"
  | "untrusted"
  | "malformed"
  | "demo"
  | "other_partner"
  | "rollback"
  | "equivocation"
  | "expired"
  | "update_app"
  | "root_expired";

/** What is compiled into a till: browsers evict storage, and a floor must survive it. */
export interface Build {
  /** Bytes of the first root file, trusted as it is. */
  readonly anchor: Uint8Array;
  /** Made for trying. */
  readonly demo: boolean;
  /** No trust list below it is ever installed. */
  readonly floorVersion: number;
  /** When the build was made, seconds since 1970. */
  readonly floorTime: number;
  /** Compared with a list's `min_app`. */
  readonly app: number;
}

/** A root that was walked to, with its bytes. */
export interface RootFile {
  readonly data: Uint8Array;
  readonly root: Root;
}

/** An installed trust list, with its bytes. */
export interface ListFile {
  readonly data: Uint8Array;
  readonly list: TrustList;
}

/** Two signed files with one version: somebody who holds the keys tells two stories. */
export interface Report {
  readonly kind: FileKind;
  readonly version: number;
  /** SHA-256 of the file in force and of the one kept out. */
  readonly kept: Uint8Array;
  readonly refused: Uint8Array;
}

/** What is stored between two openings of the till; everything in it is verified again by `restore`. */
export interface Stored {
  readonly roots: readonly Uint8Array[];
  readonly trust: Uint8Array | null;
  readonly floor: number;
  readonly reports: readonly Report[];
}

interface State {
  readonly roots: readonly RootFile[];
  readonly installed: ListFile | null;
  readonly floor: number;
  readonly reports: readonly Report[];
}

export type Taken = readonly [store: TrustStore, outcome: Outcome];

export class TrustStore {
  private constructor(
    readonly build: Build,
    /** Whose till this is, a slug. */
    readonly partner: string,
    private readonly state: State,
  ) {}

  /** The state of a new till. Rejects with a `VoucherError` when the anchor is none, or mixes demo and real. */
  static async begin(build: Build, partner: string): Promise<TrustStore> {
    const root = await decodeAnchor(build.anchor);
    if (root.demo !== build.demo) throw malformed("anchor: demo and real are never mixed");
    const roots = [{ data: build.anchor, root }];
    return new TrustStore(build, partner, { roots, installed: null, floor: build.floorTime, reports: [] });
  }

  /**
   * The state that was stored: every file is verified again, what no longer holds is left out. A list that has
   * expired since is restored: its age, not its absence, is what the cashier must read.
   */
  static async restore(build: Build, partner: string, stored: Stored): Promise<TrustStore> {
    let store = await TrustStore.begin(build, partner);
    for (const data of stored.roots) [store] = await store.take(data, 0);
    store = store.with({ floor: Math.max(store.floor, stored.floor), reports: stored.reports });
    if (!stored.trust) return store;
    const list = await attempt(decodeTrust(stored.trust, store.root));
    if (list instanceof VoucherError) return store;
    if (list.partner !== partner || list.demo !== build.demo || list.version < build.floorVersion)
      return store;
    return store.with({
      installed: { data: stored.trust, list },
      floor: Math.max(store.floor, list.issued),
    });
  }

  /** From the anchor to the newest, without a gap. */
  get roots(): readonly RootFile[] {
    return this.state.roots;
  }

  get root(): Root {
    return this.state.roots[this.state.roots.length - 1]!.root;
  }

  /** The trust list in force. */
  get installed(): ListFile | null {
    return this.state.installed;
  }

  /** Newest signed time seen, seconds since 1970; it never goes down. */
  get floor(): number {
    return this.state.floor;
  }

  /** Equivocations met. */
  get reports(): readonly Report[] {
    return this.state.reports;
  }

  /** The trust in force; `seen` is the newest time of the till's own journal, in seconds. */
  view(seen = 0): TrustView {
    return { root: this.root, list: this.installed?.list ?? null, floor: Math.max(this.floor, seen) };
  }

  /** What to store. */
  stored(): Stored {
    const { installed, floor, reports } = this.state;
    return { roots: this.roots.map(({ data }) => data), trust: installed?.data ?? null, floor, reports };
  }

  /** Take a root file or a trust list; `now` is the device's clock, seconds since 1970. Never rejects. */
  async take(data: Uint8Array, now: number): Promise<Taken> {
    if (data.length > MAX_FILE) return [this, "too_big"];
    return isRootFile(data) ? this.takeRoot(data) : this.takeList(data, now);
  }

  private async takeRoot(data: Uint8Array): Promise<Taken> {
    if (data.length > MAX_ROOT) return [this, "too_big"];
    const successor = await attempt(decodeSuccessor(data, this.root));
    if (successor instanceof VoucherError) return this.pastRoot(data, successor);
    const grown = this.with({ roots: [...this.roots, { data, root: successor }] });
    return [await grown.recheckList(), "installed"];
  }

  /** Tell a root that was passed already from a fork of one, and both from anything else. */
  private async pastRoot(data: Uint8Array, fault: VoucherError): Promise<Taken> {
    if (this.roots.some((passed) => equal(data, passed.data))) return [this, "already"];
    for (const [i, passed] of this.roots.entries()) {
      const before = this.roots[i - 1];
      const fork = before && (await attempt(decodeSuccessor(data, before.root)));
      if (fork && !(fork instanceof VoucherError)) {
        return [await this.reported(ROOT, fork.version, passed.data, data), "equivocation"];
      }
    }
    return [this, refusal(fault)];
  }

  /** Drop the installed list when the new root no longer trusts who signed it. */
  private async recheckList(): Promise<TrustStore> {
    if (!this.installed) return this;
    const list = await attempt(decodeTrust(this.installed.data, this.root));
    return list instanceof VoucherError ? this.with({ installed: null }) : this;
  }

  private async takeList(data: Uint8Array, now: number): Promise<Taken> {
    if (Math.max(now, this.floor) >= this.root.expires) return [this, "root_expired"];
    const opened = await attempt(openList(data, this.root));
    if (opened instanceof VoucherError) return [this, opened.code === "too_big" ? "too_big" : "untrusted"];
    const list = await attempt(decodeTrust(data, this.root));
    if (list instanceof VoucherError) {
      return [this, list.code === "update_app" ? "update_app" : "malformed"];
    }
    const outcome = this.judge(list, data, now);
    if (outcome === "equivocation") {
      return [await this.reported(TRUST, list.version, this.installed!.data, data), outcome];
    }
    if (outcome !== "installed") return [this, outcome];
    return [this.with({ installed: { data, list }, floor: Math.max(this.floor, list.issued) }), outcome];
  }

  /** Rules 2 to 7 of trust-v1 §4, on a list whose signatures hold. */
  private judge(list: TrustList, data: Uint8Array, now: number): Outcome {
    if (list.demo !== this.build.demo) return "demo";
    if (list.partner !== this.partner) return "other_partner";
    const older = this.older(list, data);
    if (older) return older;
    if (Math.max(now, this.floor, list.issued) >= list.expires) return "expired";
    return list.minApp > this.build.app ? "update_app" : "installed";
  }

  private older(list: TrustList, data: Uint8Array): Outcome | null {
    if (list.version < this.build.floorVersion) return "rollback";
    if (!this.installed) return null;
    const current = this.installed.list;
    if (list.version < current.version) return "rollback";
    if (list.version === current.version)
      return equal(data, this.installed.data) ? "already" : "equivocation";
    return list.issued < current.issued ? "rollback" : null;
  }

  private async reported(
    kind: FileKind,
    version: number,
    keptFile: Uint8Array,
    refusedFile: Uint8Array,
  ): Promise<TrustStore> {
    const [kept, refused] = [await sha256(keptFile), await sha256(refusedFile)];
    const same = this.reports.some((old) => equal(old.kept, kept) && equal(old.refused, refused));
    if (same || this.reports.length >= MAX_REPORTS) return this;
    return this.with({ reports: [...this.reports, { kind, version, kept, refused }] });
  }

  private with(changes: Partial<State>): TrustStore {
    return new TrustStore(this.build, this.partner, { ...this.state, ...changes });
  }
}

/** Tell by its layout whether a file claims to be a root; what it is worth is another matter. */
export function isRootFile(data: Uint8Array): boolean {
  try {
    new CosignedFile(data, ROOT, MAX_FILE);
    return true;
  } catch {
    return false;
  }
}

async function openList(data: Uint8Array, root: Root): Promise<Uint8Array> {
  return new CosignedFile(data, TRUST, MAX_TRUST).open(root.trust);
}

function refusal({ code }: VoucherError): Outcome {
  return code === "too_big" || code === "update_app" || code === "malformed" ? code : "untrusted";
}

/** A reader's own error as a value; anything else is a fault of ours and goes on. */
async function attempt<T>(reading: Promise<T>): Promise<T | VoucherError> {
  try {
    return await reading;
  } catch (fault) {
    if (fault instanceof VoucherError) return fault;
    throw fault;
  }
}
