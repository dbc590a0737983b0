/** Which screen is shown. Kept in the history's state, so that the phone's back key works; never in the address. */

export type Place =
  | { readonly view: "home" }
  | { readonly view: "add" }
  | { readonly view: "mine" }
  | { readonly view: "offer" | "show"; readonly card: string; readonly offer: number }
  /** `offer` null: all that may be printed. */
  | { readonly view: "paper"; readonly card: string; readonly offer: number | null };

interface Stop {
  readonly place: Place;
  /** How many screens of ours lie behind this one. */
  readonly depth: number;
}

const HOME: Place = { view: "home" };

function stop(): Stop {
  const state = history.state as Partial<Stop> | null;
  return state?.place ? { place: state.place, depth: state.depth ?? 0 } : { place: HOME, depth: 0 };
}

/** The screen to start with. A reload never shows a voucher by itself: each showing raises its counter. */
export function start(): Place {
  const { place, depth } = stop();
  if (place.view !== "show") return place;
  const offer: Place = { ...place, view: "offer" };
  history.replaceState({ place: offer, depth }, "");
  return offer;
}

export function push(place: Place): void {
  history.pushState({ place, depth: stop().depth + 1 }, "");
}

export function replace(place: Place): void {
  history.replaceState({ place, depth: stop().depth }, "");
}

/** One screen back: through the history when we came from there, else to `otherwise`. */
export function back(otherwise: (place: Place) => void): void {
  if (stop().depth > 0) history.back();
  else otherwise(HOME);
}

export function onPop(tell: (place: Place) => void): () => void {
  const listen = (): void => {
    // Back to a voucher that was shown: on to its offer, which lies right behind it.
    if (stop().place.view === "show" && stop().depth > 0) history.back();
    else tell(start());
  };
  addEventListener("popstate", listen);
  return () => removeEventListener("popstate", listen);
}

/** What the address asked for, taken out of it at once: an activation code must not stay in sight or in the history. */
export function takeFragment(): string {
  const fragment = decodeURIComponentSafely(location.hash.slice(1));
  if (location.hash) history.replaceState(history.state, "", location.pathname + location.search);
  return fragment;
}

function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
