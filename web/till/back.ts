import type { Service } from "./service.ts";

/**
 * Have the device's back button leave what lies over the scanning screen, and only from there the till itself.
 *
 * One entry of the browser's history stands for all that may lie over it. It stays when a button has closed that: the
 * next one finds it there, and one more press of "back" is the most that it costs.
 */
export class Back {
  private kept = false;
  private readonly pressed = (): void => {
    this.kept = false;
    this.service.back();
    this.hold();
  };

  constructor(private readonly service: Service) {
    addEventListener("popstate", this.pressed);
  }

  /** To be called whenever something may have come over the scanning screen. */
  hold(): void {
    if (this.kept || !this.service.isOver) return;
    history.pushState(null, "");
    this.kept = true;
  }

  close(): void {
    removeEventListener("popstate", this.pressed);
  }
}
