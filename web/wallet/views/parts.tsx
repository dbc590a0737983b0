/** Small parts that several screens share. */

import type { ComponentChildren, CSSProperties, JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Entry } from "../../voucher/bundle.ts";
import { tint } from "../core/tint.ts";
import { useWallet } from "../context.ts";
import { say } from "../words.ts";

// 24 units, stroke only: the same hand as the site's icons.
const PATHS = {
  back: "M19 12H5M11 6l-6 6 6 6",
  close: "M6 6l12 12M18 6L6 18",
  check: "M5 12.5l4.5 4.5L19 7.5",
  heart: "M12 20s-8-4.8-8-10.5A4.5 4.5 0 0112 7a4.5 4.5 0 018 2.5C20 15.2 12 20 12 20z",
  card: "M3 8a2 2 0 012-2h14a2 2 0 012 2v9a2 2 0 01-2 2H5a2 2 0 01-2-2zM7 10h3v3H7zM13.5 10.5H17M7 16h10",
  message: "M4 5h16v11H10l-5 4v-4H4z",
  clock: "M12 20.5a8.5 8.5 0 100-17 8.5 8.5 0 000 17zM12 7.5V12l3 2",
  store: "M4 10v9.5h16V10M3 9l2-5h14l2 5a3 3 0 01-6 0 3 3 0 01-6 0 3 3 0 01-6 0z",
  online: "M12 20.5a8.5 8.5 0 100-17 8.5 8.5 0 000 17zM3.5 12h17M12 3.5c3 3 3 14 0 17M12 3.5c-3 3-3 14 0 17",
  repeat: "M5 11a7 7 0 0112-4l2 2M19 4v5h-5M19 13a7 7 0 01-12 4l-2-2M5 20v-5h5",
  out: "M14 4h6v6M20 4l-9 9M18 14v6H4V6h6",
  copy: "M9 9h11v11H9zM15 9V4H4v11h5",
  alert: "M12 4l9 16H3zM12 10v4.5M12 17.2h.01",
  plus: "M12 5v14M5 12h14",
  menu: "M4 7h16M4 12h16M4 17h16",
  big: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  calendar: "M4 6h16v14H4zM4 10h16M8 3v4M16 3v4",
  print: "M7 9V4h10v5M7 17H4v-8h16v8h-3M7 14h10v6H7z",
  camera: "M4 8h4l2-3h4l2 3h4v11H4zM12 16.5a3.5 3.5 0 100-7 3.5 3.5 0 000 7z",
} as const;
export type IconName = keyof typeof PATHS;

export function Icon({ name, filled }: { name: IconName; filled?: boolean }): JSX.Element {
  return (
    <svg class={filled ? "icon icon-filled" : "icon"} viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}

const NOTE_ICONS = { ok: "check", warn: "alert", stop: "alert", plain: "message" } as const;

/** A sentence that matters: icon and words carry the sense, colour only repeats it. */
export function Note(props: {
  kind: "ok" | "warn" | "stop" | "plain";
  children: ComponentChildren;
}): JSX.Element {
  return (
    <div class={`note note-${props.kind}`}>
      <Icon name={NOTE_ICONS[props.kind]} />
      <div class="stack note-body">{props.children}</div>
    </div>
  );
}

/** A screen under a bar with a way back. Its heading takes the focus when the screen opens. */
export function Screen(props: {
  title: string;
  children: ComponentChildren;
  class?: string;
  titleHidden?: boolean;
  style?: CSSProperties;
}): JSX.Element {
  const { back } = useWallet();
  return (
    <div class={`screen ${props.class ?? ""}`} style={props.style}>
      <header class="bar">
        <button type="button" class="icon-button" onClick={back} aria-label={say("back")}>
          <Icon name="back" />
        </button>
        <Heading class={props.titleHidden ? "visually-hidden" : "bar-title"}>{props.title}</Heading>
      </header>
      {props.children}
    </div>
  );
}

/** The h1 of a screen; a screen reader starts there. */
export function Heading(props: { class?: string; children: ComponentChildren }): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <h1 tabIndex={-1} ref={heading} class={props.class}>
      {props.children}
    </h1>
  );
}

/** Custom properties for a partner's colour; set through the CSSOM, which the strict policy allows. */
export function tinted(entry: Entry): CSSProperties {
  const { ground, text } = tint(entry.colour);
  return { "--tint": ground, "--on-tint": text } as CSSProperties;
}

/** What operators and editors write is French whatever the page speaks (WCAG 2.2, 3.1.2), and runs its own way. */
export const CONTENT = { lang: "fr", dir: "auto" } as const;

/** Long headlines get smaller type: the same steps as the site's tickets. */
export function headlineSize(headline: string): string {
  if (headline.length <= 6) return "size-xl";
  return headline.length <= 11 ? "size-l" : "size-m";
}

export function DemoMark(): JSX.Element {
  return <strong class="demo-mark">{say("demo.mark")}</strong>;
}
