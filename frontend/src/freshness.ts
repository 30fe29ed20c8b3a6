/** How old something is, as a shape beside the words: a disc, a ring that empties, a hollow ring. */

import {
  html,
  type ReactiveController,
  type ReactiveControllerHost,
  type TemplateResult,
} from "lit";

const FRESH_MS = 5 * 60_000;
const OLD_MS = 60 * 60_000;
const RIPPLE_MS = 1_200;

/** Return what is left of the freshness of something: 1 while it is fresh, 0 from when it is old. */
export const freshness = (time: number | undefined, now: number): number =>
  time === undefined ? 0 : Math.min(1, Math.max(0, (OLD_MS - (now - time)) / (OLD_MS - FRESH_MS)));

/** Return the shape. */
export const mark = (left: number): TemplateResult =>
  left === 1
    ? html`<span class="mark disc"></span>`
    : html`<span class="mark" style="--particle-left:${Math.round(left * 100)}%"></span>`;

/** Lets the disc of a card send out a ring when something new is there: at most once a second. */
export class Ripple implements ReactiveController {
  #known: unknown;
  #startedAt = 0;

  constructor(
    private readonly host: ReactiveControllerHost & { renderRoot: ParentNode },
    private readonly newest: () => unknown,
  ) {
    host.addController(this);
  }

  hostUpdated(): void {
    const newest = this.newest();
    const isNew = this.#known !== undefined && newest !== undefined && newest !== this.#known;
    const now = Date.now();
    this.#known = newest;
    if (
      isNew &&
      now - this.#startedAt >= RIPPLE_MS &&
      !matchMedia("(prefers-reduced-motion: reduce)").matches
    ) {
      this.#startedAt = now;
      this.host.renderRoot
        .querySelector(".disc")
        ?.animate(
          { boxShadow: ["0 0 0 0 var(--success-color)", "0 0 0 8px transparent"] },
          { duration: RIPPLE_MS, easing: "ease-out" },
        );
    }
  }
}
