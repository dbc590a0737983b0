import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Build } from "../../verifier/trustStore.ts";
import { keepOffline } from "../../ui/worker.ts";
import { type Page } from "../page.ts";
import { Camera } from "../scan/camera.ts";
import { startDecoder } from "../scan/decoder.ts";
import { openDatabase, readSetting, writeSettings } from "../store/database.ts";
import { deviceClock, Till } from "../till.ts";
import { holdTheTill } from "../oneTab.ts";
import type { Words } from "../words.ts";
import { Around } from "./context.ts";
import { Counter } from "./Counter.tsx";
import { Screen } from "./parts.tsx";
import { lazy } from "./lazy.tsx";

const SetUp = lazy(async () => (await import("./SetUp.tsx")).SetUp);

type Fault = "storage" | "no_root" | "root" | "crashed";
type Stage =
  | { readonly is: "opening" }
  | { readonly is: "fault"; readonly fault: Fault }
  | { readonly is: "setup"; readonly db: IDBDatabase; readonly build: Build }
  | { readonly is: "elsewhere"; readonly back: Stage }
  | { readonly is: "open"; readonly db: IDBDatabase; readonly till: Till };

// The list's age changes by the hour at most; the ten minutes of a void are looked at again when they are used.
const TICK_MS = 20_000;
const REFRESH_MS = 6 * 3600 * 1000;

export function App({ page, words }: { page: Page; words: Words }) {
  const [stage, setStage] = useState<Stage>({ is: "opening" });
  const [elsewhere, setElsewhere] = useState(false);
  const [said, setSaid] = useState("");
  const around = useMemo(() => ({ page, words, announce: setSaid }), [page, words]);
  const take = useCallback(() => holdTheTill(setElsewhere), []);
  useEffect(() => {
    take();
    open(page).then(setStage);
  }, [page, take]);
  return (
    <Around.Provider value={around}>
      <p class="visually-hidden" aria-live="assertive" aria-atomic="true">
        {said}
      </p>
      {elsewhere ? (
        <Screen
          name="elsewhere"
          tone="warn"
          icon="copy"
          word={words.say("name")}
          sentence={words.say("fault.elsewhere")}
          next={words.say("fault.elsewhere_next")}
          actions={
            <button type="button" class="button" onClick={() => holdTheTill(setElsewhere, true)}>
              {words.say("fault.elsewhere_here")}
            </button>
          }
        />
      ) : stage.is === "setup" ? (
        <SetUp
          db={stage.db}
          build={stage.build}
          onDone={(till) => setStage({ is: "open", db: stage.db, till })}
        />
      ) : stage.is === "open" ? (
        <Open db={stage.db} till={stage.till} page={page} />
      ) : stage.is === "fault" ? (
        <FaultScreen fault={stage.fault} words={words} />
      ) : null}
    </Around.Provider>
  );
}

/** What this browser is: a till, not yet one, or unable to be one. */
async function open(page: Page): Promise<Stage> {
  if (!page.build) return { is: "fault", fault: "no_root" };
  let db: IDBDatabase;
  try {
    // What was tried never mixes with what counted.
    db = await openDatabase(page.build.demo ? "cje-till-demo" : "cje-till");
  } catch {
    return { is: "fault", fault: "storage" };
  }
  try {
    const till = await Till.open(db, page.build);
    return till ? { is: "open", db, till } : { is: "setup", db, build: page.build };
  } catch {
    return { is: "fault", fault: "root" };
  }
}

/** A till that works: its camera, its decoder, its clock, its updates. */
function Open({ db, till, page }: { db: IDBDatabase; till: Till; page: Page }) {
  const [, redraw] = useState(0);
  const again = useCallback(() => redraw((n) => n + 1), []);
  const [sound, setSound] = useState(true);
  const [update, setUpdate] = useState<(() => void) | null>(null);
  const camera = useMemo(() => new Camera(again), [again]);
  const decoder = useMemo(() => startDecoder(page.workerUrl), [page]);
  const asked = useRef(0);
  useEffect(() => {
    readSetting<boolean>(db, "sound").then(
      (kept) => setSound(kept ?? true),
      () => undefined,
    );
    keepOffline("caisse/sw.js", (replace) => setUpdate(() => replace)).catch(() => undefined);
    const refresh = (): void => {
      if (!navigator.onLine || performance.now() - asked.current < (asked.current && REFRESH_MS)) return;
      asked.current = performance.now();
      // In the background and never waited for: deciding needs no network.
      till.refresh(page.base).then(again, () => undefined);
    };
    // A hidden page gives the camera back: other applications, battery, and the lamp of the camera.
    const shown = (): void => {
      if (document.visibilityState === "hidden") return camera.stop();
      void camera.start();
      void stayAwake();
      refresh();
    };
    refresh();
    void stayAwake();
    const timer = setInterval(again, TICK_MS);
    addEventListener("online", refresh);
    document.addEventListener("visibilitychange", shown);
    return () => {
      clearInterval(timer);
      removeEventListener("online", refresh);
      document.removeEventListener("visibilitychange", shown);
      camera.stop();
    };
  }, [db, till, page, camera, again]);
  return (
    <Counter
      till={till}
      camera={camera}
      decoder={decoder}
      now={deviceClock()}
      sound={sound}
      onSound={(on) => {
        setSound(on);
        writeSettings(db, { sound: on }).catch(() => undefined);
      }}
      onTrust={again}
      onUpdate={update}
    />
  );
}

/** A till that has fallen asleep costs the next customer's ten seconds; the lock ends by itself when the page is hidden. */
async function stayAwake(): Promise<void> {
  const { wakeLock } = navigator as { wakeLock?: { request(type: "screen"): Promise<unknown> } };
  await wakeLock?.request("screen").catch(() => undefined);
}

export function FaultScreen({ fault, words }: { fault: Fault; words: Words }) {
  return (
    <Screen
      name={`fault-${fault}`}
      tone="stop"
      icon="alert"
      word={words.say("name")}
      sentence={words.say(`fault.${fault}`)}
      next={words.say(`fault.${fault}_next`)}
      actions={
        <button type="button" class="button" onClick={() => location.reload()}>
          {words.say("fault.reload")}
        </button>
      }
    />
  );
}
