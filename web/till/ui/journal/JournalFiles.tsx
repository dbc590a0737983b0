import { useEffect, useRef, useState } from "preact/hooks";
import { encodeFrames } from "../../../voucher/frames.ts";
import { BrokenChain } from "../../store/exporting.ts";
import type { Aside } from "../../store/mending.ts";
import type { Till } from "../../till.ts";
import { useAround } from "../context.ts";
import { FileButton } from "../FileButton.tsx";
import { mergeAndSay } from "../../merged.ts";
import { save, shareable } from "./save.ts";

interface FilesProps {
  till: Till;
  now: number;
  onReceive: () => void;
  onCodes: (codes: Codes) => void;
}

/** The newest rows, cut into codes. */
export interface Codes {
  readonly texts: readonly string[];
  /** Rows. */
  readonly count: number;
}

/** The journal as a file, through the share sheet or as codes; a neighbour's journal; a journal put aside. */
export function JournalFiles({ till, now, onReceive, onCodes }: FilesProps) {
  const { words } = useAround();
  const [said, setSaid] = useState("");
  const [broken, setBroken] = useState(false);
  const [asides, setAsides] = useState<readonly Aside[]>([]);
  /** An export that is still to be shared. */
  const waiting = useRef<{ file: Uint8Array; last: number } | null>(null);
  useEffect(() => {
    till.asides().then(setAsides, () => undefined);
    till.damaged().then(
      (n) => n === null || tell(new BrokenChain(n)),
      () => undefined,
    );
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- looked at once for each till
  }, [till]);
  const name = `journal-${till.profile.partner}-${fileDay(now)}.cbor`;
  const tell = (failure: unknown): void => {
    setBroken(failure instanceof BrokenChain);
    setSaid(
      failure instanceof BrokenChain
        ? words.say("journal.export_broken", { n: failure.n })
        : words.say("journal.unreadable"),
    );
  };
  const attempt = (work: () => Promise<string>): void => {
    setSaid("");
    work().then(setSaid, tell);
  };
  const hand = async (): Promise<string> => {
    const { file, last } = await till.exportFile();
    save(file, name);
    await till.exported(last);
    return words.say("journal.export_done");
  };
  const share = async (): Promise<string> => {
    const { file, last } = (waiting.current ??= await till.exportFile());
    try {
      await navigator.share({ files: [shareable(file, name)!] });
    } catch (failure) {
      // Closed without sharing: nothing has happened, nothing is said.
      if ((failure as DOMException).name === "AbortError") return "";
      // Signing a long journal outlasts the tap that browsers ask for: the file is ready for the next one.
      return words.say("journal.share_again");
    }
    waiting.current = null;
    await till.exported(last);
    return words.say("journal.shared");
  };
  const show = async (): Promise<string> => {
    const { file, count } = await till.exportNewest();
    onCodes({ texts: await encodeFrames(file), count });
    return "";
  };
  const begin = async (): Promise<string> => {
    await till.setAside();
    location.reload();
    return "";
  };
  const saveAside = async (aside: Aside): Promise<string> => {
    const files = await till.exportAside(aside);
    files.forEach((file, i) =>
      save(file, `journal-${till.profile.partner}-${fileDay(aside.at)}-${i + 1}.cbor`),
    );
    return words.say("journal.export_done");
  };
  return (
    <>
      <button type="button" class="button button-quiet button-wide" onClick={() => attempt(hand)}>
        {words.say("journal.export")}
      </button>
      {shareable(new Uint8Array(1), name) && (
        <button type="button" class="button button-quiet button-wide" onClick={() => attempt(share)}>
          {words.say("journal.share")}
        </button>
      )}
      <button type="button" class="button button-quiet button-wide" onClick={() => attempt(show)}>
        {words.say("frames.journal")}
      </button>
      <FileButton
        label={words.say("merge.file")}
        onFile={(file) => attempt(() => mergeAndSay(till, file, words))}
      />
      <button type="button" class="button button-quiet button-wide" onClick={onReceive}>
        {words.say("frames.receive")}
      </button>
      <p class="hint">{words.say("merge.hint")}</p>
      <p role="status">{said}</p>
      {broken && (
        <div class="note note-stop">
          <p>{words.say("aside.hint")}</p>
          <button type="button" class="button button-stop" onClick={() => attempt(begin)}>
            {words.say("aside.begin")}
          </button>
        </div>
      )}
      {asides.map((aside) => (
        <button
          type="button"
          class="button button-quiet button-wide"
          onClick={() => attempt(() => saveAside(aside))}
        >
          {words.say("aside.export", { date: words.day(aside.at) })}
        </button>
      ))}
    </>
  );
}

function fileDay(now: number): string {
  return new Date(now * 1000).toISOString().slice(0, 16).replace(/\D/g, "");
}
