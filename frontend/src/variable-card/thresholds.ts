/** Limits that a user has set for a value, with what they mean. */

export interface Threshold {
  above?: number;
  below?: number;
  label?: string;
  color?: string;
}

/** Return the first threshold that a value is beyond. */
export const reached = (
  value: number | undefined,
  thresholds: readonly Threshold[],
): Threshold | undefined =>
  value === undefined
    ? undefined
    : thresholds.find(
        ({ above, below }) =>
          (above !== undefined || below !== undefined) &&
          (above === undefined || value > above) &&
          (below === undefined || value < below),
      );

/** Return the theme's variable of a colour, as Home Assistant's own cards name colours. */
export const colorOf = ({ color }: Threshold): string =>
  color && /^[a-z][a-z-]*$/.test(color) ? `var(--${color}-color)` : "var(--warning-color)";
