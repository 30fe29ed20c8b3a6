/** A small trend, drawn by hand: its right edge is now, and what is not known is not drawn as if it were. */

import { svg, type SVGTemplateResult } from "lit";

/** A value from a time on, in milliseconds; null where there was none from then on. */
export interface Point {
  time: number;
  value: number | null;
}

/** A piece of time, as a share of the window from 0 to 1. */
interface Span {
  from: number;
  to: number;
  value: number;
}

const STEPS = 48;
const INSET = 2;

/** A trend that fills less than this of its width says nothing. */
const MIN_SHARE = 0.04;

/** Return the pieces of the window in which there was one value. */
const spansOf = (points: readonly Point[], start: number, end: number): Span[] => {
  const share = (time: number): number => (time - start) / (end - start);
  return points.flatMap((point, index) => {
    const from = Math.max(point.time, start);
    const to = Math.min(points[index + 1]?.time ?? end, end);
    return point.value === null || to <= from
      ? []
      : [{ from: share(from), to: share(to), value: point.value }];
  });
};

/** Return the mean of each of the window's steps; null in those without a value. */
export const resample = (
  points: readonly Point[],
  start: number,
  end: number,
  steps = STEPS,
): (number | null)[] => {
  const sums = new Array<number>(steps).fill(0);
  const weights = new Array<number>(steps).fill(0);
  for (const { from, to, value } of spansOf(points, start, end)) {
    for (
      let step = Math.floor(from * steps);
      step < Math.min(Math.ceil(to * steps), steps);
      step++
    ) {
      const weight = Math.min(to * steps, step + 1) - Math.max(from * steps, step);
      sums[step] = (sums[step] ?? 0) + value * weight;
      weights[step] = (weights[step] ?? 0) + weight;
    }
  }
  return sums.map((sum, step) => {
    const weight = weights[step] ?? 0;
    return weight > 0 ? sum / weight : null;
  });
};

const round = (value: number): number => Math.round(value * 10) / 10;

/** Return lines through the values, one for each run without a gap. */
const linesOf = (positions: ({ x: number; y: number } | null)[]): { x: number; y: number }[][] => {
  const runs: { x: number; y: number }[][] = [];
  let run: { x: number; y: number }[] | undefined;
  for (const position of positions) {
    if (!position) {
      run = undefined;
    } else if (run) {
      run.push(position);
    } else {
      run = [position];
      runs.push(run);
    }
  }
  return runs;
};

export interface TrendOptions {
  now: number;
  hours: number;
  width: number;
  height: number;
  /** Until when the last value is known to have held: now, if it is live. */
  knownUntil: number;
  /** Fill the area under the line. */
  area?: boolean;
}

/** Return the line of a number; undefined where there is none to draw. */
export const sparkline = (
  points: readonly Point[],
  { now, hours, width, height, knownUntil, area }: TrendOptions,
): SVGTemplateResult | undefined => {
  const start = now - hours * 3_600_000;
  const known: Point[] =
    knownUntil < now ? [...points, { time: knownUntil, value: null }] : [...points];
  const values = resample(
    known.sort((one, other) => one.time - other.time),
    start,
    now,
  );
  const present = values.filter((value) => value !== null);
  if (present.length < STEPS * MIN_SHARE) {
    return undefined;
  }
  const low = Math.min(...present);
  const range = Math.max(...present) - low;
  const at = (value: number): number =>
    range === 0 ? height / 2 : height - INSET - ((value - low) / range) * (height - 2 * INSET);
  const runs = linesOf(
    values.map((value, step) =>
      value === null ? null : { x: round(((step + 0.5) / STEPS) * width), y: round(at(value)) },
    ),
  );
  const first = runs[0]?.[0];
  const last = runs.at(-1)?.at(-1);
  if (!first || !last) {
    return undefined;
  }
  if (knownUntil >= now) {
    last.x = width;
  }
  const path = runs
    .map((run) =>
      run
        .map(({ x, y }, index) => {
          const before = run[index - 1];
          if (!before) {
            return `M${String(x)},${String(y)}`;
          }
          const middle = round((before.x + x) / 2);
          return `C${String(middle)},${String(before.y)} ${String(middle)},${String(y)} ${String(x)},${String(y)}`;
        })
        .join(""),
    )
    .join("");
  const gaps = runs
    .map((run, index) => ({ from: run.at(-1), to: runs[index + 1]?.[0] }))
    .flatMap(({ from, to }) => (from ? [[from, to ?? { x: width, y: from.y }] as const] : []))
    .filter(([from, to]) => to.x > from.x)
    .map(([from, to]) => `M${String(from.x)},${String(from.y)}L${String(to.x)},${String(to.y)}`)
    .join("");
  return svg`<svg
    class="trend"
    viewBox="0 0 ${width} ${height}"
    preserveAspectRatio="none"
    aria-hidden="true"
  >
    ${
      area && runs.length === 1
        ? svg`<path class="area" d="${path}V${height}H${first.x}Z"></path>`
        : undefined
    }
    <path class="line" d=${path}></path>
    ${gaps ? svg`<path class="gap" d=${gaps}></path>` : undefined}
  </svg>`;
};

/** Return when something was on, as a band; undefined where nothing is known. */
export const onOffBand = (
  points: readonly Point[],
  { now, hours, width, height, knownUntil }: TrendOptions,
): SVGTemplateResult | undefined => {
  const spans = spansOf(points, now - hours * 3_600_000, Math.min(now, knownUntil));
  if (spans.reduce((sum, { from, to }) => sum + to - from, 0) < MIN_SHARE) {
    return undefined;
  }
  const end = (Math.min(now, knownUntil) - now) / (hours * 3_600_000) + 1;
  return svg`<svg
    class="trend"
    viewBox="0 0 ${width} ${height}"
    preserveAspectRatio="none"
    aria-hidden="true"
  >
    ${spans.map(
      ({ from, to, value }) =>
        svg`<rect
          class=${value ? "on" : "off"}
          x=${round(from * end * width)}
          y=${height / 2 - 3}
          width=${round((to - from) * end * width)}
          height="6"
        ></rect>`,
    )}
  </svg>`;
};
