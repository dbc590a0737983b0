interface Locks {
  request(
    name: string,
    options: { ifAvailable?: boolean; steal?: boolean },
    hold: (lock: object | null) => Promise<void>,
  ): Promise<void>;
}

/**
 * Hold the till in this tab. Two tabs would fight for the camera; the journal itself needs no such help.
 *
 * @param elsewhere called with true when another tab holds it, also later when that tab takes it over.
 * @param steal take it from the other tab.
 */
export function holdTheTill(elsewhere: (is: boolean) => void, steal = false): void {
  const locks = (navigator as { locks?: Locks }).locks;
  if (!locks) return;
  const hold = (lock: object | null): Promise<void> => {
    elsewhere(lock === null);
    return lock === null ? Promise.resolve() : new Promise(() => undefined);
  };
  locks.request("cje-till", steal ? { steal } : { ifAvailable: true }, hold).catch(() => elsewhere(true));
}
