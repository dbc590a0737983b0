/** The same page in another language of the site. */
export interface LanguageLink {
  readonly code: string;
  /** Relative address. */
  readonly href: string;
  /** The language's own name. */
  readonly name: string;
}

/** What site_builder's app.html wrote on the body; nothing where the site has one language. */
export function languageLinks(body: HTMLElement): readonly LanguageLink[] {
  return JSON.parse(body.dataset["languages"] ?? "[]") as LanguageLink[];
}
