/** The wallet as a whole: what is loaded, which screen is shown, when newer files are looked for. */

import type { JSX } from "preact";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { builtDay } from "../ui/built.ts";
import { passes, type Card, type Pass, type Use } from "./core/card.ts";
import { judge, type Measure } from "./core/clock.ts";
import { allCards } from "./device/cards.ts";
import type { Database } from "./device/database.ts";
import { fact } from "./device/facts.ts";
import { favourites } from "./device/favourites.ts";
import { together } from "./device/together.ts";
import { allUses } from "./device/uses.ts";
import { WalletContext, type Wallet } from "./context.ts";
import * as router from "./router.ts";
import type { Place } from "./router.ts";
import { base, say } from "./words.ts";
import { Home } from "./views/home/home.tsx";
import { lazy } from "./views/lazy.tsx";
import { Offer } from "./views/home/offer.tsx";
import { Screen } from "./views/parts.tsx";
import type { Show as ShowScreen } from "./views/showing/show.tsx";
import { Update } from "./views/home/update.tsx";

interface Adding {
  readonly linked: string;
  /** Counts the links opened: the same one twice is tried twice. */
  readonly turn: number;
  onAdded(id: string): void;
}
const Add = lazy<Adding>(async () => (await import("./views/adding/add.tsx")).Add);
const Welcome = lazy<Adding>(async () => (await import("./views/adding/welcome.tsx")).Welcome);
const loadShow = async (): Promise<typeof ShowScreen> => (await import("./views/showing/show.tsx")).Show;
const Show = lazy<{ pass: Pass }>(loadShow, () => <div class="show" />);
const Paper = lazy<{ card: Card; offer: number | null }>(
  async () => (await import("./views/showing/paper.tsx")).Paper,
);
const Mine = lazy<object>(async () => (await import("./views/mine/mine.tsx")).Mine);

interface Kept {
  readonly cards: readonly Card[];
  readonly uses: readonly Use[];
  readonly favourites: ReadonlySet<number>;
  readonly measure: Measure | null;
}

export async function load(db: Database): Promise<Kept> {
  const [cards, uses, measure] = await Promise.all([allCards(db), allUses(db), fact<Measure>(db, "clock")]);
  return { cards, uses, measure, favourites: favourites() };
}

const phoneTime = (): number => Math.floor(Date.now() / 1000);
const TICK = 30_000;
// A day in Paris begins at most two hours before it does in UTC.
const PARIS_AHEAD = 7_200;

export function App(props: { db: Database; kept: Kept; asked: string }): JSX.Element {
  const { db } = props;
  const [kept, setKept] = useState(props.kept);
  const [now, setNow] = useState(phoneTime);
  const [asked, setAsked] = useState({ text: props.asked, turn: 0 });
  const [front, setFront] = useState<string | null>(null);
  const status = useRef<HTMLParagraphElement>(null);
  const built = useBuilt();
  const reload = useCallback(async () => setKept(await load(db)), [db]);
  const tabs = useMemo(() => together(() => void reload()), [reload]);
  const [place, go] = usePlace(() => firstPlace(kept.cards, props.asked));

  const changed = useCallback(async () => {
    await reload();
    tabs.changed();
  }, [reload, tabs]);
  const refresh = useCallback(async (): Promise<boolean> => {
    const { refreshAll } = await import("./device/refreshing.ts");
    const answered = await refreshAll(db, base(), await allCards(db), phoneTime());
    await changed();
    return answered;
  }, [db, changed]);

  useEffect(() => {
    const tick = (): void => setNow(phoneTime());
    const timer = setInterval(tick, TICK);
    document.addEventListener("visibilitychange", tick);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", tick);
    };
  }, []);
  useFreshness(kept.cards, refresh);
  // What is needed at the till is in memory before the network goes, even where no worker can keep it.
  useEffect(() => {
    // An effect runs after the first screen was painted: it costs the person nothing, and they are often in a hurry.
    loadShow().catch(() => undefined);
  }, []);
  useEffect(() => {
    const follow = (): void => {
      const fragment = router.takeFragment();
      if (!fragment) return;
      setAsked(({ turn }) => ({ text: fragment, turn: turn + 1 }));
      go(firstPlace(kept.cards, fragment));
    };
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, [kept.cards, go]);

  const floor = kept.cards.reduce((latest, card) => Math.max(latest, issuedOf(card)), built);
  const clock = judge(now, floor, kept.measure);
  const wallet: Wallet = {
    db,
    cards: kept.cards,
    uses: kept.uses,
    favourites: kept.favourites,
    now: now + clock.correction,
    clock,
    go: (next) => {
      router.push(next);
      go(next);
    },
    back: () =>
      router.back((next) => {
        router.replace(next);
        go(next);
      }),
    changed,
    relocked: async () => {
      await reload();
      tabs.relocked();
    },
    refresh,
    announce: (sentence) => {
      if (status.current) status.current.textContent = sentence;
    },
  };
  const added = async (id: string): Promise<void> => {
    setAsked({ text: "", turn: 0 });
    setFront(id);
    await changed();
    // The system is asked to keep what we store; a refusal changes nothing that we could mend.
    void navigator.storage?.persist?.().catch(() => false);
    router.replace({ view: "home" });
    go({ view: "home" });
    wallet.announce(say("add.done"));
  };
  const adding: Adding = { linked: asked.text, turn: asked.turn, onAdded: (id) => void added(id) };
  return (
    <WalletContext.Provider value={wallet}>
      <Current place={place} kept={kept} adding={adding} front={front} />
      <Update />
      <p class="visually-hidden" role="status" ref={status} />
    </WalletContext.Provider>
  );
}

function Current(props: { place: Place; kept: Kept; adding: Adding; front: string | null }): JSX.Element {
  const { place, kept, adding } = props;
  if (kept.cards.length === 0) return <Welcome key={adding.turn} {...adding} />;
  if (place.view === "add") {
    return (
      <Screen title={say("add.title")}>
        <Add key={adding.turn} {...adding} />
      </Screen>
    );
  }
  if (place.view === "mine") return <Mine />;
  if (place.view === "paper") {
    const card = kept.cards.find(({ id }) => id === place.card);
    return card ? <Paper card={card} offer={place.offer} /> : <Home start={props.front} />;
  }
  if (place.view !== "home") {
    const pass = passes(kept.cards).find(
      ({ card, entry }) => card.id === place.card && entry.offer === place.offer,
    );
    // Gone with a newer file, or its card closed meanwhile: the list says why.
    if (pass && place.view === "offer") return <Offer key={place.offer} pass={pass} />;
    if (pass) return <Show key={place.offer} pass={pass} />;
  }
  return <Home start={props.front} />;
}

const issuedOf = (card: Card): number => card.bundle.issued;

/** Where a fragment leads: `offre-12` from the site's pages to that offer, anything else is taken for a code. */
function firstPlace(cards: readonly Card[], fragment: string): Place {
  const number = /^offre-(\d{1,10})$/.exec(fragment)?.[1];
  if (number) {
    const pass = passes(cards).find(({ entry }) => entry.offer === Number(number));
    return pass ? { view: "offer", card: pass.card.id, offer: pass.entry.offer } : { view: "home" };
  }
  return fragment ? { view: "add" } : router.start();
}

/** The screen and its scroll: forward starts at the top, back returns to where one was. */
function usePlace(first: () => Place): [Place, (place: Place) => void] {
  const [place, setPlace] = useState(first);
  const scrolls = useRef(new Map<string, number>());
  const current = useRef(place);
  const move = useCallback((next: Place) => {
    scrolls.current.set(JSON.stringify(current.current), scrollY);
    current.current = next;
    setPlace(next);
  }, []);
  useEffect(() => {
    history.scrollRestoration = "manual";
    if (place.view !== router.start().view) router.push(place);
    return router.onPop(move);
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- only the first place is pushed here
  }, []);
  const opening = useRef(true);
  useLayoutEffect(() => {
    const before = place.view === "home" ? scrolls.current.get(JSON.stringify(place)) : 0;
    // The first screen is at its top already; asking would lay the whole list out once more.
    if (!opening.current) scrollTo(0, before ?? 0);
    opening.current = false;
  }, [place]);
  return [place, move];
}

/** Midnight in Paris of the day of the site's build, in seconds: no phone that shows it can be earlier. 0 until it is known. */
function useBuilt(): number {
  const [built, setBuilt] = useState(0);
  useEffect(() => {
    void builtDay().then((day) => {
      if (day) setBuilt(Date.parse(day) / 1000 - PARIS_AHEAD);
    });
  }, []);
  return built;
}

/** Newer files are looked for on opening and on coming back online. */
function useFreshness(cards: readonly Card[], refresh: () => Promise<boolean>): void {
  const latest = useRef(cards);
  latest.current = cards;
  useEffect(() => {
    const look = async (): Promise<void> => {
      if (!navigator.onLine || latest.current.length === 0) return;
      const { isDue } = await import("./device/refreshing.ts");
      if (latest.current.some((card) => isDue(card, phoneTime()))) await refresh();
    };
    const quietly = (): void => void look().catch(() => undefined);
    quietly();
    addEventListener("online", quietly);
    return () => removeEventListener("online", quietly);
  }, [refresh]);
}
