/** How a value has changed lately. */

import type { Point } from "../sparkline";

const HOUR_MS = 3_600_000;

/** Return by how much a number has changed within the last hour; undefined where that is not known. */
export const changeInLastHour = (points: readonly Point[], now: number): number | undefined => {
  const before = points.findLast(({ time }) => time <= now - HOUR_MS)?.value;
  const present = points.at(-1)?.value;
  return typeof before === "number" && typeof present === "number" ? present - before : undefined;
};
