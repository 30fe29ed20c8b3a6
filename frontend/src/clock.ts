/** The present time, for cards that say how old something is. */

import type { ReactiveController, ReactiveControllerHost } from "lit";

const TICK_MS = 5_000;

/** Less than this is not the clock, but the way of a message. */
const TOLERANCE_MS = 10_000;

/** How far this computer's clock is ahead of Home Assistant's. */
let ahead = 0;

/** Return the present time by the clock of Home Assistant, in milliseconds. */
export const present = (): number => Date.now() - ahead;

/** Take note of the time of a message that has just come in. */
export const setClock = (iso: string): void => {
  const difference = Date.now() - Date.parse(iso);
  ahead = Math.abs(difference) > TOLERANCE_MS ? difference : 0;
};

const hosts = new Set<ReactiveControllerHost>();
let timer: ReturnType<typeof setInterval> | undefined;

const tick = (): void => {
  for (const host of hosts) {
    host.requestUpdate();
  }
};

const handleVisibility = (): void => {
  clearInterval(timer);
  timer = undefined;
  if (hosts.size && !document.hidden) {
    timer = setInterval(tick, TICK_MS);
    tick();
  }
};

/** Render the host again every few seconds: by one timer for all cards, and by none while the page is hidden. */
export class Clock implements ReactiveController {
  constructor(private readonly host: ReactiveControllerHost) {
    host.addController(this);
  }

  hostConnected(): void {
    hosts.add(this.host);
    if (hosts.size === 1) {
      document.addEventListener("visibilitychange", handleVisibility);
      handleVisibility();
    }
  }

  hostDisconnected(): void {
    hosts.delete(this.host);
    if (!hosts.size) {
      document.removeEventListener("visibilitychange", handleVisibility);
      handleVisibility();
    }
  }
}
