/** How long ago something was, in the user's language. */

const MINUTE = 60;
const STEP = 5;

const UNITS: [unit: Intl.RelativeTimeFormatUnit, seconds: number][] = [
  ["year", 365 * 24 * 60 * MINUTE],
  ["month", 30 * 24 * 60 * MINUTE],
  ["day", 24 * 60 * MINUTE],
  ["hour", 60 * MINUTE],
  ["minute", MINUTE],
];

const formats = new Map<string, Intl.RelativeTimeFormat>();

const formatFor = (language: string): Intl.RelativeTimeFormat => {
  const known = formats.get(language);
  if (known) {
    return known;
  }
  const format = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  formats.set(language, format);
  return format;
};

/** Return the time of an ISO date in milliseconds; undefined where there is none. */
export const timeOf = (iso: string | null | undefined): number | undefined => {
  const time = iso ? Date.parse(iso) : NaN;
  return Number.isNaN(time) ? undefined : time;
};

/**
 * Return how long ago a time was: "now", "15 seconds ago", "2 minutes ago", "yesterday".
 *
 * Seconds come in steps of five, so that a page of ages does not flicker. What has happened is never in the
 * future, whatever the clocks say.
 */
export const ageText = (time: number, now: number, language: string): string => {
  const seconds = Math.max(0, Math.floor((now - time) / 1000));
  const format = formatFor(language);
  for (const [unit, length] of UNITS) {
    if (seconds >= length) {
      return format.format(-Math.floor(seconds / length), unit);
    }
  }
  const stepped = Math.floor(seconds / STEP) * STEP;
  return format.format(stepped === 0 ? 0 : -stepped, "second");
};
