import type { ComponentChildren } from "preact";
import { Icon } from "./Icon.tsx";
import { useFocus } from "./parts.tsx";

/** A page of the till with a way back: journal, settings, typing. */
export function Sheet(props: {
  title: string;
  back: string;
  onBack: () => void;
  name: string;
  children: ComponentChildren;
}) {
  const heading = useFocus<HTMLHeadingElement>();
  return (
    <section class="sheet" data-screen={props.name}>
      <header class="sheet-head">
        <button type="button" class="icon-button" aria-label={props.back} onClick={props.onBack}>
          <Icon name="back" />
        </button>
        <h1 ref={heading} tabIndex={-1}>
          {props.title}
        </h1>
      </header>
      <div class="sheet-body stack">{props.children}</div>
    </section>
  );
}
