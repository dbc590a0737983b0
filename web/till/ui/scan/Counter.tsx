import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Desk } from "../desk.ts";
import { Camera } from "../../scan/camera.ts";
import { type Decoder, startDecoder } from "../../scan/decoder.ts";
import { listenToReader } from "../../scan/listen.ts";
import type { Service } from "../../service.ts";
import { deviceClock, type Shop } from "../../shop.ts";
import { useAround } from "../context.ts";
import { Finder } from "./Finder.tsx";
import { Scan } from "./Scan.tsx";

// The list's age changes by the hour at most; the ten minutes of a void are looked at again when they are used.
const TICK_MS = 20_000;
const RETRY_MS = 2000;
const DECODER_MS = 4000;

/** A till that works: camera and decoder at once, and the desk, which decides, right behind them. */
export function Counter({ shop, onUnfit }: { shop: Shop; onUnfit: () => void }) {
  const { page } = useAround();
  const [, redraw] = useState(0);
  const again = useCallback(() => redraw((n) => n + 1), []);
  const camera = useMemo(() => new Camera(again), [again]);
  const decoder = useMemo(() => startDecoder(page.workerUrl), [page]);
  const desk = useDesk(shop, decoder, again, onUnfit);
  /** What was asked before the desk was there. */
  const early = useRef<((service: Service) => void) | null>(null);
  useEffect(() => {
    // A hidden page gives the camera back: other applications, battery, and the lamp of the camera.
    const shown = (): void => (document.visibilityState === "hidden" ? camera.stop() : void camera.start());
    const timer = setInterval(again, TICK_MS);
    document.addEventListener("visibilitychange", shown);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", shown);
      camera.stop();
    };
  }, [camera, again]);
  useEffect(() => {
    if (!desk) return;
    early.current?.(desk.service);
    early.current = null;
  }, [desk]);
  const ask = (wish: (service: Service) => void): void => {
    if (desk) return wish(desk.service);
    early.current = wish;
    again();
  };
  const asked = useRef(ask);
  asked.current = ask;
  useEffect(() => listenToReader((burst) => asked.current((service) => service.heard(burst))), []);
  const finder = (small: boolean) => (
    <Finder
      camera={camera}
      decoder={decoder}
      small={small}
      onText={(text, at) => ask((service) => service.saw(text, at))}
    />
  );
  const { step, sheet } = desk?.service ?? {};
  if (desk && (sheet || step?.at !== "scan")) {
    return <desk.Screens desk={desk} now={deviceClock()} finder={finder(true)} />;
  }
  return (
    <Scan
      shop={shop}
      trust={desk?.service.till.trust ?? null}
      now={deviceClock()}
      accepted={desk?.service.accepted ?? null}
      low={desk?.service.low ?? null}
      notice={step?.at === "scan" ? step.notice && `notice.${step.notice}` : early.current && "scan.loading"}
      onOpen={(name) => ask((service) => service.open(name))}
      onPhoto={(file) => ask((service) => void service.photo(file))}
      onUpdate={desk?.update ?? null}
    >
      {finder(false)}
    </Scan>
  );
}

/** The desk, once it has been loaded: after the decoder, so that nothing stands between a person and the camera. */
function useDesk(shop: Shop, decoder: Decoder, changed: () => void, onUnfit: () => void): Desk | null {
  const { page, words, announce } = useAround();
  const [desk, setDesk] = useState<Desk | null>(null);
  useEffect(() => {
    let opened: Desk | null = null;
    let over = false;
    const load = async (): Promise<void> => {
      const loaded = await Promise.all([import("../desk.ts"), words.rest()]).catch(() => null);
      if (over) return;
      if (!loaded) {
        // Not kept offline yet, and the network has just gone: it may come back.
        setTimeout(load, RETRY_MS);
        return;
      }
      loaded[0].openDesk(shop, decoder, page, { words, announce, changed }).then((made) => {
        opened = made;
        if (over) opened.close();
        else setDesk(opened);
      }, onUnfit);
    };
    const ready = decoder.ready.then(() => void performance.mark("cje-decoder")); // read by the tests
    // Who types or has a reader needs no decoder, and must not wait for one that does not come.
    const patience = new Promise((resolve) => setTimeout(resolve, DECODER_MS));
    void Promise.race([ready, patience]).then(load);
    return () => {
      over = true;
      opened?.close();
    };
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- a new callback must not reopen the desk
  }, [shop, decoder, page, words, announce, changed]);
  return desk;
}
