/** What a decision looks at, apart from the text: the trust in force, the till, and the uses it knows. */

import type { Root } from "../voucher/root.ts";
import type { TrustList } from "../voucher/trust.ts";

/** The trust in force. */
export interface TrustView {
  /** Newest root walked to. */
  readonly root: Root;
  /** The installed trust list; null before the first. */
  readonly list: TrustList | null;
  /** Newest time seen, signed, journaled or of the build, in seconds since 1970 (trust-v1 §6). */
  readonly floor: number;
}

/** A till: the partner's slug, its own name, and whether it was made for trying. */
export interface TillProfile {
  readonly partner: string;
  readonly name: string;
  readonly demo: boolean;
}

/** One accepted use that was not taken back: its row, its counter, its effective time in seconds. */
export interface Use {
  readonly n: number;
  readonly seq: number;
  readonly at: number;
  /** The neighbour that accepted it, as its export says; absent or empty for this till. */
  readonly till?: string;
}

/** The uses of one voucher that this till knows: its own and those it took from its neighbours. */
export interface UsesView {
  /** The uses of a voucher, rows taken back left out, in any order. */
  accepted(kid: Uint8Array, cti: Uint8Array): Promise<readonly Use[]>;
}
