/** Favourites by offer number: the site's pages read and write the same key. */

const KEY = "cje.favourites";

export function favourites(): Set<number> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return new Set(Array.isArray(kept) ? kept.filter((item): item is number => Number.isInteger(item)) : []);
  } catch {
    return new Set();
  }
}

export function keepFavourites(offers: ReadonlySet<number>): void {
  try {
    localStorage.setItem(KEY, JSON.stringify([...offers].sort((a, b) => a - b)));
  } catch {
    // Storage refused: hearts stay as they were, which the page shows.
  }
}

export function toggleFavourite(offer: number): void {
  const kept = favourites();
  if (!kept.delete(offer)) kept.add(offer);
  keepFavourites(kept);
}
