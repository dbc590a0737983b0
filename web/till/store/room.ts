// A row takes about a kilobyte: below this a busy shop has some weeks left.
const LOW = 20e6;

/** What the browser says of its storage; null where it says nothing. */
export interface Room {
  /** Whether it has promised to keep the journal. */
  readonly kept: boolean | null;
  /** Bytes. */
  readonly used: number | null;
  readonly free: number | null;
}

/** Ask the browser. Never rejects. */
export async function lookForRoom(): Promise<Room> {
  const { storage } = navigator;
  const kept = (await storage?.persisted?.().catch(() => null)) ?? null;
  const { usage, quota } = (await storage?.estimate?.().catch(() => null)) ?? {};
  const known = usage !== undefined && quota !== undefined;
  return { kept, used: known ? usage : null, free: known ? quota - usage : null };
}

/** Is so little left that the shop should do something about it? */
export function isLow({ free }: Room): boolean {
  return free !== null && free < LOW;
}
