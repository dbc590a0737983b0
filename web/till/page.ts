import { type LanguageLink, languageLinks } from "../ui/languages.ts";
import type { Build } from "../verifier/trustStore.ts";

/** What the page brings to a build; `store/trust.ts` adds what the code itself can read. */
export type PageBuild = Omit<Build, "app">;

/** What the page's HTML was born with (site_builder's app.html). */
export interface Page {
  /** How browsers name its language (BCP 47). */
  readonly locale: string;
  /** Relative address of the site's root, with a final slash. */
  readonly base: string;
  /** Null when the site was built without a root: the till can then accept nothing. */
  readonly build: PageBuild | null;
  readonly workerUrl: string | undefined;
  /** The same page in the site's other languages. */
  readonly otherLanguages: readonly LanguageLink[];
}

export function readPage(document: Document): Page {
  const { locale, base, root, demo, floorVersion, floorTime, worker } = document.body.dataset;
  return {
    locale: locale ?? "fr-FR",
    base: base ?? "../",
    workerUrl: worker,
    otherLanguages: languageLinks(document.body),
    build: root
      ? {
          anchor: Uint8Array.from(atob(root), (character) => character.charCodeAt(0)),
          demo: demo === "true",
          floorVersion: Number(floorVersion) || 0,
          floorTime: Number(floorTime) || 0,
        }
      : null,
  };
}
