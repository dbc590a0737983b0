import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useAround } from "./context.ts";

const RETRY_MS = 2000;

/**
 * A screen that is not needed for a verdict: its code comes when it is first opened, from the service worker's
 * cache when there is no network.
 */
export function lazy<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  let kept: ComponentType<Props> | null = null;
  return function Later(props: Props) {
    const { words } = useAround();
    const [late, setLate] = useState(false);
    const [, redraw] = useState(false);
    useEffect(() => {
      let timer = 0;
      const come = (loaded: ComponentType<Props>): void => {
        kept = loaded;
        redraw(true);
      };
      const fetch = (): void => {
        load().then(come, () => {
          // Not kept offline yet, and the network has just gone: it may come back.
          setLate(true);
          timer = window.setTimeout(fetch, RETRY_MS);
        });
      };
      if (!kept) fetch();
      return () => clearTimeout(timer);
    }, []);
    const Screen = kept;
    if (Screen) return <Screen {...props} />;
    return late ? <p role="status">{words.say("scan.loading")}</p> : null;
  };
}
