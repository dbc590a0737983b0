/** Cards and offers for the wallet's tests. */

import { startOf, endOf } from "../../voucher/civil.ts";
import type { Bundle, Entry } from "../../voucher/bundle.ts";
import type { Card, Use } from "../../wallet/core/card.ts";

export const NOW = startOf("2026-11-21") + 12 * 3600;

export function entry(facts: Partial<Entry> = {}): Entry {
  return {
    offer: 1,
    title: "Panier",
    partner: "Les Deux Mains",
    category: "alimentation-hygiene",
    way: "voucher",
    conditions: [],
    notAllowed: [],
    steps: [],
    validFrom: startOf("2026-09-01"),
    validUntil: endOf("2027-06-30"),
    uses: 2,
    period: 3,
    headline: "−30 %",
    saving: 450,
    url: null,
    voucher: null,
    code: null,
    symbology: null,
    channel: "store",
    slug: "panier",
    colour: null,
    shortCodes: [],
    paper: null,
    ...facts,
  };
}

export function bundle(entries: readonly Entry[], facts: Partial<Bundle> = {}): Bundle {
  return {
    issued: NOW - 3600,
    expires: endOf("2027-06-30"),
    firstName: "Inès",
    programme: "CEJ",
    operator: "Le Bon Élan",
    demo: false,
    entries,
    keys: [],
    closed: false,
    note: null,
    ...facts,
  };
}

export function card(entries: readonly Entry[], facts: Partial<Card> = {}): Card {
  return {
    id: "aa",
    code: "0".repeat(20),
    file: new Uint8Array(3),
    bundle: bundle(entries),
    leftOut: [],
    closed: false,
    addedAt: NOW,
    checkedAt: NOW,
    news: [],
    ...facts,
  };
}

export function makeUse(facts: Partial<Use> = {}): Use {
  return {
    card: "aa",
    offer: 1,
    title: "Panier",
    partner: "Les Deux Mains",
    at: NOW - 60,
    outcome: "accepted",
    reason: null,
    saving: 450,
    ...facts,
  };
}
