import { useEffect, useState } from "preact/hooks";
import { isLow, lookForRoom, type Room } from "../../store/room.ts";
import { KEEP_DAYS, type Till } from "../../till.ts";
import { useAround } from "../context.ts";

/** How much room the journal has, whether it will be kept, and old rows that may go. */
export function Storage({ till }: { till: Till }) {
  const { words } = useAround();
  const [room, setRoom] = useState<Room | null>(null);
  const [said, setSaid] = useState("");
  const again = (): void => void lookForRoom().then(setRoom);
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
        <p class={isLow(room) ? "note note-stop" : "soft"}>
          {words.say(isLow(room) ? "storage.low" : "storage.room", {
            used: words.size(room.used),
            free: words.size(room.free),
          })}
        </p>
      )}
      <button type="button" class="button button-quiet button-wide" onClick={purge}>
        {words.say("storage.purge")}
      </button>
      <p class="hint">{words.say("storage.purge_hint", { days: KEEP_DAYS })}</p>
      <p role="status">{said}</p>
    </section>
  );
}
