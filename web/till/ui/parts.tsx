import type { ComponentChildren, RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "./Icon.tsx";

/** A heading that takes the focus when its screen appears, so that a keyboard or screen reader starts there. */
export function useFocus<T extends HTMLElement>(): RefObject<T | null> {
  const target = useRef<T>(null);
  // Before it is painted: a Tab pressed at the first sight of a screen must not be undone by a later focus.
  useLayoutEffect(() => target.current?.focus({ preventScroll: true }), []);
  return target;
}

interface ScreenProps {
  tone: "ok" | "warn" | "stop" | "brand";
  icon: string;
  word: string;
  sentence: string;
  /** What to do next, under the sentence. */
  next?: string | undefined;
  /** More in the band itself, in its colour. */
  extra?: ComponentChildren;
  /** What is read under the band, on paper colour. */
  children?: ComponentChildren;
  /** Buttons at the foot, always in reach of a thumb. */
  actions: ComponentChildren;
  name: string;
}

/** A whole screen in one colour with one word: what a cashier sees from the corner of an eye. */
export function Screen({ tone, icon, word, sentence, next, extra, children, actions, name }: ScreenProps) {
  const heading = useFocus<HTMLHeadingElement>();
  return (
    <section class={`screen tone-${tone} ${children ? "has-more" : ""}`} data-screen={name}>
      <header class={`verdict fill-${tone}`}>
        <span class="verdict-icon">
          <Icon name={icon} />
        </span>
        <div>
          <h1 ref={heading} tabIndex={-1}>
            {word}
          </h1>
          <p class="verdict-sentence">{sentence}</p>
          {next && <p class="verdict-next">{next}</p>}
          {extra}
        </div>
      </header>
      {children && <div class="more">{children}</div>}
      <footer class={`actions ${children ? "" : `fill-${tone}`}`}>{actions}</footer>
    </section>
  );
}
