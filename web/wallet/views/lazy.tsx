/** Parts that come only when they are needed. The service worker keeps them all, so they come without network too. */

import type { ComponentChild, ComponentType, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { say } from "../words.ts";
import { Note } from "./parts.tsx";

/** A component that loads itself. @param meanwhile what is shown until then, from the same properties. */
export function lazy<P extends object>(
  load: () => Promise<ComponentType<P>>,
  meanwhile: (props: P) => ComponentChild = () => null,
): (props: P) => JSX.Element {
  let loaded: ComponentType<P> | null = null;
  return function Lazy(props: P) {
    const [Part, setPart] = useState<ComponentType<P> | null>(() => loaded);
    const [failed, setFailed] = useState(false);
    useEffect(() => {
      if (Part) return;
      load().then(
        (part) => {
          loaded = part;
          setPart(() => part);
        },
        () => setFailed(true),
      );
      // oxlint-disable-next-line react-hooks/exhaustive-deps -- a part loads once
    }, []);
    if (Part) return <Part {...props} />;
    return (
      <>
        {meanwhile(props)}
        {failed && (
          <Note kind="warn">
            <p>{say("errors.part")}</p>
          </Note>
        )}
      </>
    );
  };
}
