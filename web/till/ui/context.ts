import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Page } from "../page.ts";
import type { Words } from "../words.ts";

export interface Surroundings {
  readonly words: Words;
  readonly page: Page;
  /** Have a screen reader interrupt with this sentence. */
  announce(sentence: string): void;
}

export const Around = createContext<Surroundings>(null as unknown as Surroundings);
export const useAround = (): Surroundings => useContext(Around);
