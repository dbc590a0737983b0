import type { ComponentChildren, ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";

const RETRY_MS = 2000;
// Kept offline it is there before anyone sees that it was not.
const LATE_MS = 400;

/**
 * A screen that is not needed for a verdict: its code comes when it is first opened, from the service worker's
 * cache when there is no network. `late` stands in for it meanwhile, and has its way back.
 */
export function lazy<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  late: (props: NoInfer<Props>) => ComponentChildren,
): ComponentType<Props> {
  let kept: ComponentType<Props> | null = null;
  return function Later(props: Props) {
    const [isLate, setLate] = useState(false);
    const [, redraw] = useState(false);
    useEffect(() => {
      if (kept) return;
      let timer = 0;
      const come = (loaded: ComponentType<Props>): void => {
        kept = loaded;
        redraw(true);
      };
      const fetch = (): void => {
        load().then(come, () => {
          // Not kept offline yet, and the network has just gone: it may come back.
          timer = window.setTimeout(fetch, RETRY_MS);
        });
      };
      fetch();
      const patience = window.setTimeout(() => setLate(true), LATE_MS);
      return () => {
        clearTimeout(timer);
        clearTimeout(patience);
      };
    }, []);
    const Screen = kept;
    if (Screen) return <Screen {...props} />;
    return isLate ? <>{late(props)}</> : null;
  };
}
