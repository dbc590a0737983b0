/**
 * The shape of catalogue.json, version 1, as site_builder/pages/catalogue_json.py writes it (its address stands in
 * `<body data-catalogue>`). Public facts only: no promo code, no discount link, no barcode value; those travel
 * in a person's own encrypted bundle. Dates are `YYYY-MM-DD`, both inclusive, Europe/Paris. Money is in cents.
 */

/** A colour of the theme: `need-<key>` is its class. */
export type Need = string;
export type Kind = "voucher" | "code" | "link" | "barcode" | "card";
export type Channel = "online" | "store" | "both";

export interface CatalogueCategory {
  slug: string;
  name: string;
  short: string;
  need: Need;
}

export interface CataloguePartner {
  name: string;
  summary: string;
  /** Background and text colour of its tickets, `#rrggbb`, already checked for contrast. */
  colour: string;
  onColour: string;
  initials: string;
  website: string | null;
}

export interface CataloguePlace {
  name: string;
  address: string;
  postcode: string;
  commune: string;
  insee: string | null;
  hours: string | null;
  latitude: string | null;
  longitude: string | null;
}

export interface CatalogueOffer {
  number: number;
  slug: string;
  title: string;
  summary: string;
  /** What is printed big on cards, at most 24 characters: « −10 % ». */
  headline: string;
  partner: string;
  categories: string[];
  tags: string[];
  kind: Kind;
  /** `voucher` only: which fallbacks its till accepts and what it asks. */
  paper: boolean;
  shortCode: boolean;
  identityCheck: boolean;
  amountAsked: boolean;
  /** `code` only: one for all, one a person from a list, or computed for the person. */
  source: "shared" | "imported" | "derived" | "fixed" | null;
  /** `barcode` only. */
  symbology: string | null;
  steps: string[];
  conditions: string[];
  notAllowed: string[];
  from: string;
  until: string;
  /** uses 0 = no limit. */
  limit: { uses: number; period: "total" | "day" | "week" | "month" };
  programmes: string[];
  age: { min: number; max: number } | null;
  territory: { kind: "national" | "departments" | "communes"; codes: string[]; label: string };
  channel: Channel;
  places: CataloguePlace[];
  /** Estimated saving of one use, in cents; null when nobody knows. */
  savingCents: number | null;
}

export interface Catalogue {
  format: "cje-catalogue";
  version: 1;
  lang: string;
  name: string;
  categories: CatalogueCategory[];
  programmes: { slug: string; name: string }[];
  /** Departments that an offer names, or a commune of which it names; by name. */
  territories: { code: string; name: string }[];
  partners: Record<string, CataloguePartner>;
  offers: CatalogueOffer[];
}

/** Take for a catalogue what was read. Throws TypeError for an unknown version. */
export function knownCatalogue(read: unknown): Catalogue {
  const { format, version } = read as Partial<Catalogue>;
  if (format !== "cje-catalogue" || version !== 1) throw new TypeError("catalogue: version");
  return read as Catalogue;
}
