/** What every screen can reach. */

import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Card, Use } from "./core/card.ts";
import type { Clock } from "./core/clock.ts";
import type { Database } from "./device/database.ts";
import type { Place } from "./router.ts";

export interface Wallet {
  readonly db: Database;
  readonly cards: readonly Card[];
  readonly uses: readonly Use[];
  readonly favourites: ReadonlySet<number>;
  /** Phone time corrected where its error is known; seconds, a minute old at most. */
  readonly now: number;
  readonly clock: Clock;
  go(place: Place): void;
  back(): void;
  /** Read cards, history and favourites again; other tabs too. */
  changed(): Promise<void>;
  /** The PIN was set, changed or removed: other tabs must ask for it. */
  relocked(): Promise<void>;
  /** Look for newer files now; true when every card was answered. */
  refresh(): Promise<boolean>;
  /** Say one sentence to people who do not see the screen change. */
  announce(sentence: string): void;
}

export const WalletContext = createContext<Wallet | null>(null);

export function useWallet(): Wallet {
  const wallet = useContext(WalletContext);
  if (!wallet) throw new Error("a screen stands outside of the wallet");
  return wallet;
}
