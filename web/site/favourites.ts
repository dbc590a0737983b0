/** Favourites: offer numbers kept on this device and nowhere else. The wallet reads the same key. */

export const FAVOURITES = "cje.favourites";

export function favourites(): Set<number> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(FAVOURITES) ?? "[]");
    return new Set(Array.isArray(kept) ? kept.filter(Number.isInteger) : []);
  } catch {
    // Storage refused or spoilt: the site works without favourites.
    return new Set();
  }
}

function toggle(number: number): boolean {
  const kept = favourites();
  if (!kept.delete(number)) kept.add(number);
  try {
    localStorage.setItem(FAVOURITES, JSON.stringify([...kept].sort((a, b) => a - b)));
  } catch {
    return false;
  }
  return kept.has(number);
}

/** Show the hearts of a part of the page and make them work. */
export function wireFavourites(root: ParentNode): void {
  const kept = favourites();
  for (const button of root.querySelectorAll<HTMLButtonElement>("button[data-favourite]")) {
    const number = Number(button.dataset["favourite"]);
    button.hidden = false;
    button.setAttribute("aria-pressed", String(kept.has(number)));
    button.addEventListener("click", () => button.setAttribute("aria-pressed", String(toggle(number))));
  }
}
