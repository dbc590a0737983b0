import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Pairing } from "../../../voucher/pairing.ts";
import { isPairing, type Paired, readPairing } from "../../pairing.ts";
import type { PageBuild } from "../../page.ts";
import { Camera } from "../../scan/camera.ts";
import { startDecoder } from "../../scan/decoder.ts";
import { readPhoto } from "../../scan/photo.ts";
import { deviceClock } from "../../shop.ts";
import { beginTrust } from "../../store/trust.ts";
import { useAround } from "../context.ts";
import { FileButton } from "../FileButton.tsx";
import { Finder } from "../scan/Finder.tsx";

interface PairProps {
  build: PageBuild;
  onPaired: (pairing: Pairing) => void;
  onBack: () => void;
}

/** The issuer's pairing code: scanned, from a picture, or pasted. */
export function PairSheet({ build, onPaired, onBack }: PairProps) {
  const { words, page } = useAround();
  const [, redraw] = useState(0);
  const camera = useMemo(() => new Camera(() => redraw((n) => n + 1)), []);
  const decoder = useMemo(() => startDecoder(page.workerUrl), [page]);
  const [pasted, setPasted] = useState("");
  const [fault, setFault] = useState<Paired | "none" | null>(null);
  const busy = useRef(false);
  useEffect(() => () => camera.stop(), [camera]);
  const take = async (text: string | null): Promise<void> => {
    if (busy.current) return;
    if (!text || !isPairing(text)) return setFault("none");
    busy.current = true;
    const found = await readPairing(text, await beginTrust(build, ""), page.base, deviceClock());
    busy.current = false;
    if (typeof found === "string") setFault(found);
    else onPaired(found);
  };
  return (
    <>
      <h2>{words.say("pair.title")}</h2>
      <p>{words.say("pair.hint")}</p>
      <Finder camera={camera} decoder={decoder} small onText={(text) => void take(text)} />
      {fault && (
        <p class="note note-stop" role="alert">
          {words.say(fault === "none" ? "pair.none" : `notice.${fault}`)}
        </p>
      )}
      <FileButton
        label={words.say("pair.photo")}
        onFile={(file) =>
          void readPhoto(file, decoder).then(
            (text) => take(text),
            () => setFault("none"),
          )
        }
      />
      <form
        class="field"
        onSubmit={(event) => {
          event.preventDefault();
          void take(pasted.trimStart().replace(/[\r\n]+/g, ""));
        }}
      >
        <label for="pairing">{words.say("pair.paste")}</label>
        <textarea
          id="pairing"
          class="input code-field"
          rows={3}
          maxLength={2000}
          spellcheck={false}
          autocomplete="off"
          value={pasted}
          onInput={({ currentTarget }) => setPasted(currentTarget.value)}
        />
        <button type="submit" class="button button-quiet button-wide">
          {words.say("pair.take")}
        </button>
      </form>
      <button type="button" class="button button-line button-wide" onClick={onBack}>
        {words.say("pair.back")}
      </button>
    </>
  );
}
