import type { Build } from "../verifier/trustStore.ts";

/** What the page brings to a build; `store/trust.ts` adds what the code itself can read. */
export type PageBuild = Omit<Build, "app">;

/** What the page's HTML was born with (site_builder's app.html). */
export interface Page {
  readonly lang: "fr" | "en";
  /** Relative address of the site's root, with a final slash. */
  readonly base: string;
  /** Null when the site was built without a root: the till can then accept nothing. */
  readonly build: PageBuild | null;
  readonly workerUrl: string | undefined;
  /** The same page in the other language, when the site has one. */
  readonly otherLanguage: { readonly code: string; readonly href: string } | null;
}

export function readPage(document: Document): Page {
  const { lang, base, root, demo, floorVersion, floorTime, worker } = document.body.dataset;
  return {
    lang: lang === "en" ? "en" : "fr",
    base: base ?? "../",
    workerUrl: worker,
    otherLanguage: otherLanguage(document.body.dataset),
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

function otherLanguage({ otherLang, otherPage }: DOMStringMap): Page["otherLanguage"] {
  return otherLang && otherPage ? { code: otherLang, href: otherPage } : null;
}
