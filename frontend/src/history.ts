/** What entities have shown before, from Home Assistant's own history. */

import type { ReactiveController, ReactiveControllerHost } from "lit";

import { present } from "./clock";
import type { EntityState, HomeAssistant } from "./hass";
import type { Point } from "./sparkline";

const REFRESH_MS = 15 * 60_000;
const RETRY_MS = 60_000;

/** A device may publish a value each second; a trend of 200 pixels needs no more than this. */
const MAX_POINTS = 2_000;

/** A state as `minimal_response` has it, times in seconds. */
interface HistoryState {
  s: string;
  lu?: number;
  lc?: number;
}

type Host = ReactiveControllerHost & { hass: HomeAssistant };

/** Return the value of a state: a number, 1 and 0 for on and off, null for anything else. */
export const numberOf = (state: string): number | null => {
  if (state === "on" || state === "off") {
    return state === "on" ? 1 : 0;
  }
  const value = state.trim() === "" ? NaN : Number(state);
  return Number.isFinite(value) ? value : null;
};

/** Return the points of a history; times are those of the change, or of the update where it is not said. */
export const pointsOf = (history: readonly HistoryState[]): Point[] =>
  history.flatMap(({ s, lu, lc }) => {
    const time = lc ?? lu;
    return time === undefined ? [] : [{ time: time * 1000, value: numberOf(s) }];
  });

/**
 * Keeps the points of some entities: asked for once for all of them and seldom again, because what happens
 * meanwhile is in their states.
 */
export class History implements ReactiveController {
  readonly #points = new Map<string, Point[]>();
  #wanted = "";
  #askedAt = -Infinity;

  /** `entityIds` returns whose history is shown, `hours` how long a time. */
  constructor(
    private readonly host: Host,
    private readonly entityIds: () => string[],
    private readonly hours: () => number,
  ) {
    host.addController(this);
  }

  /** Return what is known of an entity, the oldest first. */
  of(entityId: string): readonly Point[] {
    return this.#points.get(entityId) ?? [];
  }

  hostConnected(): void {
    this.#wanted = "";
  }

  hostUpdate(): void {
    for (const id of this.#points.keys()) {
      this.#append(this.host.hass.states[id]);
    }
  }

  hostUpdated(): void {
    const ids = this.entityIds().sort();
    const wanted = JSON.stringify([ids, this.hours()]);
    const now = Date.now();
    if (!ids.length || (wanted === this.#wanted && now - this.#askedAt < REFRESH_MS)) {
      return;
    }
    this.#wanted = wanted;
    this.#askedAt = now;
    void this.#ask(ids, wanted);
  }

  #append(state: EntityState | undefined): void {
    const points = state && this.#points.get(state.entity_id);
    if (!points) {
      return;
    }
    const time = Date.parse(state.last_changed);
    const last = points.at(-1);
    if (!last || time > last.time) {
      points.push({ time, value: numberOf(state.state) });
      if (points.length > MAX_POINTS) {
        points.shift();
      }
    }
  }

  async #ask(ids: string[], wanted: string): Promise<void> {
    const start = new Date(present() - this.hours() * 3_600_000);
    try {
      const answer = await this.host.hass.callWS({
        type: "history/history_during_period",
        start_time: start.toISOString(),
        entity_ids: ids,
        minimal_response: true,
        no_attributes: true,
        significant_changes_only: false,
      });
      if (wanted !== this.#wanted) {
        return;
      }
      this.#points.clear();
      for (const id of ids) {
        const history = (answer as Record<string, HistoryState[]>)[id] ?? [];
        this.#points.set(id, pointsOf(history).slice(-MAX_POINTS));
      }
      this.host.requestUpdate();
    } catch {
      // Without the recorder, or before it is loaded, there is no trend; everything else is there.
      this.#askedAt = Date.now() - REFRESH_MS + RETRY_MS;
    }
  }
}
