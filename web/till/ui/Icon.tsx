/** Drawings of the first screen, strokes on a grid of 24; `drawings.ts` adds the others. */
const PATHS: Record<string, string> = {
  list: "M9 6h11M9 12h11M9 18h11M4.5 6h.01M4.5 12h.01M4.5 18h.01",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  keys: "M3 6h18v12H3zM7 10h.01M11 10h.01M15 10h.01M8 14h8",
  photo: "M4 7h3l2-3h6l2 3h3v12H4zM12 16a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z",
  gear: "M4 7h9M17 7h3M4 17h3M11 17h9M15 9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM9 19.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
  torch: "M13 2L5 13.5h6L10 22l9-12h-6z",
  flip: "M4 12a8 8 0 0 1 13.5-5.8L20 8.5M20 4v4.5h-4.5M20 12a8 8 0 0 1-13.5 5.8L4 15.5M4 20v-4.5h4.5",
  camera_off: "M3 3l18 18M8 6h1l1.5-2h5L17 7h3v11M16 19H4V8",
  alert: "M12 4L2.5 20h19zM12 10v4.5M12 17.5v.01",
  rescan:
    "M4 8V5a1 1 0 0 1 1-1h3M16 4h3a1 1 0 0 1 1 1v3M20 16v3a1 1 0 0 1-1 1h-3M8 20H5a1 1 0 0 1-1-1v-3M9 9l6 6M15 9l-6 6",
};

/** Drawings that come with the screens that need them. */
export function addDrawings(more: Readonly<Record<string, string>>): void {
  Object.assign(PATHS, more);
}

export function Icon({ name }: { name: string }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name] ?? PATHS["alert"]} />
    </svg>
  );
}
