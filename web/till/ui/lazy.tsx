import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";

/**
 * A screen that is not needed for a verdict: its code comes when it is first opened, from the service worker's
 * cache when there is no network.
 */
export function lazy<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  let kept: ComponentType<Props> | null = null;
  return function Later(props: Props) {
    const [, redraw] = useState(false);
    useEffect(() => {
      if (kept) return;
      void load().then((loaded) => {
        kept = loaded;
        redraw(true);
      });
    }, []);
    const Screen = kept;
    return Screen && <Screen {...props} />;
  };
}
