import { useEffect, useState } from "preact/hooks";
import type { Till } from "../till.ts";
import { useAround } from "./context.ts";

// A row takes about a kilobyte: below this a busy shop has some weeks left.
const LOW = 20e6;

interface Room {
  /** Whether the browser has promised to keep the journal; null when it does not say. */
  readonly kept: boolean | null;
  /** Bytes; null when the browser does not say. */
  readonly used: number | null;
  readonly free: number | null;
}

async function look(): Promise<Room> {
  const { storage } = navigator;
  const kept = (await storage?.persisted?.().catch(() => null)) ?? null;
  const { usage, quota } = (await storage?.estimate?.().catch(() => null)) ?? {};
  const known = usage !== undefined && quota !== undefined;
  return { kept, used: known ? usage : null, free: known ? quota - usage : null };
}

/** How much room the journal has, whether it will be kept, and old rows that may go. */
export function Storage({ till }: { till: Till }) {
  const { words } = useAround();
  const [room, setRoom] = useState<Room | null>(null);
  const [said, setSaid] = useState("");
  const again = (): void => void look().then(setRoom);
  useEffect(again, []);
  const purge = (): void => {
    till.purge().then(
      (count) => {
        setSaid(words.say(count ? "storage.purged" : "storage.nothing", { count }));
        again();
      },
      () => setSaid(words.say("journal.unreadable")),
    );
  };
  return (
    <section class="card stack">
      <h2>{words.say("storage.title")}</h2>
      {room && room.kept !== null && (
        <p class={`note ${room.kept ? "note-ok" : "note-warn"}`}>
          {words.say(room.kept ? "settings.storage_kept" : "settings.storage_loose")}
        </p>
      )}
      {room && room.used !== null && room.free !== null && (
        <p class={room.free < LOW ? "note note-stop" : "soft"}>
          {words.say(room.free < LOW ? "storage.low" : "storage.room", {
            used: words.size(room.used),
            free: words.size(room.free),
          })}
        </p>
      )}
      <button type="button" class="button button-quiet button-wide" onClick={purge}>
        {words.say("storage.purge")}
      </button>
      <p class="hint">{words.say("storage.purge_hint")}</p>
      <p role="status">{said}</p>
    </section>
  );
}
