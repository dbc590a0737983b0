/** The screen stays on while something is shown, where the browser can; it takes the lock back after a detour. */

import { useEffect } from "preact/hooks";

export function useAwake(): void {
  useEffect(() => {
    let lock: WakeLockSentinel | null = null;
    let gone = false;
    const ask = async (): Promise<void> => {
      if (document.visibilityState !== "visible" || gone || lock?.released === false) return;
      // Refused on a low battery, absent on old browsers: the code is shown all the same.
      lock = (await navigator.wakeLock?.request("screen").catch(() => null)) ?? null;
      if (gone) void lock?.release();
    };
    const again = (): void => void ask();
    again();
    document.addEventListener("visibilitychange", again);
    return () => {
      gone = true;
      document.removeEventListener("visibilitychange", again);
      void lock?.release();
    };
  }, []);
}
