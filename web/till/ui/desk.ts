/** All that follows the first screen, in one file: loaded as soon as camera and decoder are there, kept offline. */
import "../css/addDecision.ts";
import "../css/addSheets.ts";
import "./drawings.ts";
import { Back } from "../back.ts";
import type { Page } from "../page.ts";
import type { Decoder } from "../scan/decoder.ts";
import { bringZxing } from "../scan/bring.ts";
import { type Place, Service } from "../service.ts";
import type { Shop } from "../shop.ts";
import { allowSound } from "../signal.ts";
import { readSetting, writeSettings } from "../store/database.ts";
import { tend } from "../tending.ts";
import { Till } from "../till.ts";
import { Screens } from "./Screens.tsx";

/** A till at work, as its first screen sees it. */
export interface Desk {
  readonly service: Service;
  readonly Screens: typeof Screens;
  /** Installs a new version that waits. */
  update: (() => void) | null;
  setSound(on: boolean): void;
  close(): void;
}

/** Rejects with VoucherError when the build's root is unfit. */
export async function openDesk(shop: Shop, decoder: Decoder, page: Page, place: Place): Promise<Desk> {
  const changed = (): void => {
    back.hold();
    place.changed();
  };
  const service = new Service(await Till.open(shop), decoder, { ...place, changed });
  const back = new Back(service);
  const desk = {
    service,
    Screens,
    update: null as (() => void) | null,
    setSound(on: boolean): void {
      service.sound = on;
      writeSettings(shop.db, { sound: on }).catch(() => undefined);
      place.changed();
    },
    close(): void {
      for (const end of ends) end();
    },
  };
  readSetting<boolean>(shop.db, "sound").then(
    (kept) => (service.sound = kept ?? true),
    () => undefined,
  );
  addEventListener("pointerdown", allowSound);
  addEventListener("keydown", allowSound, true);
  void bringZxing(decoder);
  const ends = [
    (): void => back.close(),
    tend(service.till, page.base, place.changed, (replace) => {
      desk.update = replace;
      place.changed();
    }),
    (): void => {
      removeEventListener("pointerdown", allowSound);
      removeEventListener("keydown", allowSound, true);
    },
  ];
  return desk;
}
