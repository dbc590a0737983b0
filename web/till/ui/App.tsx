import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import { holdTheTill } from "../oneTab.ts";
import type { Page, PageBuild } from "../page.ts";
import { openShop, type Shop } from "../shop.ts";
import { openDatabase } from "../store/database.ts";
import type { Words } from "../words.ts";
import { Around } from "./context.ts";
import { Counter } from "./scan/Counter.tsx";
import { Screen } from "./parts.tsx";

type SetUp = typeof import("./settings/SetUp.tsx").SetUp;
type Fault = "storage" | "no_root" | "root" | "crashed";
type Stage =
  | { readonly is: "opening" }
  | { readonly is: "fault"; readonly fault: Fault }
  | { readonly is: "setup"; readonly db: IDBDatabase; readonly build: PageBuild; readonly SetUp: SetUp }
  | { readonly is: "open"; readonly shop: Shop };

export function App({ page, words }: { page: Page; words: Words }) {
  const [stage, setStage] = useState<Stage>({ is: "opening" });
  const [elsewhere, setElsewhere] = useState(false);
  const [said, setSaid] = useState("");
  const around = useMemo(() => ({ page, words, announce: setSaid }), [page, words]);
  const take = useCallback(() => holdTheTill(setElsewhere), []);
  useEffect(() => {
    take();
    open(page).then(setStage, () => setStage({ is: "fault", fault: "storage" }));
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
        <stage.SetUp db={stage.db} build={stage.build} onDone={(shop) => setStage({ is: "open", shop })} />
      ) : stage.is === "open" ? (
        <Counter shop={stage.shop} onUnfit={() => setStage({ is: "fault", fault: "root" })} />
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
  const shop = await openShop(db, page.build);
  if (shop) return { is: "open", shop };
  const { SetUp, checkRoot } = await import("./settings/SetUp.tsx");
  try {
    await checkRoot(page.build);
  } catch {
    return { is: "fault", fault: "root" };
  }
  return { is: "setup", db, build: page.build, SetUp };
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
