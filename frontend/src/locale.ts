/** Numbers and times as the user has set them in their profile. */

import type { HomeAssistant } from "./hass";

const NUMBER_LOCALES: Record<string, string[] | undefined> = {
  comma_decimal: ["en-US", "en"],
  decimal_comma: ["de", "es", "it"],
  space_comma: ["fr", "sv", "cs"],
  quote_decimal: ["de-CH"],
};

/** Return a number in the user's format; `digits` sets how many decimal places there are. */
export const formatNumber = (hass: HomeAssistant, value: number, digits?: number): string => {
  const { number_format: format, language } = hass.locale;
  const locale =
    format === "system"
      ? undefined
      : format === "none"
        ? "en-US"
        : (NUMBER_LOCALES[format] ?? language);
  return new Intl.NumberFormat(locale, {
    useGrouping: format !== "none",
    ...(digits === undefined
      ? { maximumSignificantDigits: 7 }
      : { minimumFractionDigits: digits, maximumFractionDigits: digits }),
  }).format(value);
};

/** Return how the user wants times of day. */
export const timeOptions = (hass: HomeAssistant): Intl.DateTimeFormatOptions => {
  switch (hass.locale.time_format) {
    case "12":
      return { hour: "numeric", minute: "2-digit", hourCycle: "h12" };
    case "24":
      return { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    default:
      return { hour: "numeric", minute: "2-digit" };
  }
};

/** Return what formats dates and times in the user's language and time zone. */
export const dateTimeFormat = (
  hass: HomeAssistant,
  options: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat => {
  const { language, time_format: timeFormat, time_zone: zone } = hass.locale;
  return new Intl.DateTimeFormat(timeFormat === "system" ? undefined : language, {
    ...options,
    ...(zone === "server" ? { timeZone: hass.config.time_zone } : {}),
  });
};

const format = (hass: HomeAssistant, time: number, options: Intl.DateTimeFormatOptions): string =>
  dateTimeFormat(hass, options).format(time);

const dayOf = (hass: HomeAssistant, time: number): string =>
  format(hass, time, { year: "numeric", month: "numeric", day: "numeric" });

/** Return the time of day: "14:05". */
export const formatTime = (hass: HomeAssistant, time: number): string =>
  format(hass, time, timeOptions(hass));

/** Return the date: "12 May", with the year if it is another one. */
export const formatDate = (hass: HomeAssistant, time: number, now: number): string => {
  const year = (of: number): string => format(hass, of, { year: "numeric" });
  return format(hass, time, {
    day: "numeric",
    month: "long",
    ...(year(time) === year(now) ? {} : { year: "numeric" }),
  });
};

/** Return when something was: the time if it was today, otherwise the date. */
export const formatMoment = (hass: HomeAssistant, time: number, now: number): string =>
  dayOf(hass, time) === dayOf(hass, now) ? formatTime(hass, time) : formatDate(hass, time, now);

/** Return date and time: "14:05" of today, otherwise "12 May, 18:42". */
export const formatMomentExactly = (hass: HomeAssistant, time: number, now: number): string =>
  dayOf(hass, time) === dayOf(hass, now)
    ? formatTime(hass, time)
    : format(hass, time, { day: "numeric", month: "long", ...timeOptions(hass) });
