/** Times of events, to the second. Formats are kept: to make one takes longer than to draw a row. */

import type { HomeAssistant } from "../hass";

interface Formats {
  time: Intl.DateTimeFormat;
  dateTime: Intl.DateTimeFormat;
  day: Intl.DateTimeFormat;
}

const formats = new WeakMap<object, Formats>();

const formatsFor = (hass: HomeAssistant): Formats => {
  const known = formats.get(hass.locale);
  if (known) {
    return known;
  }
  const { language, time_format: format, time_zone: zone } = hass.locale;
  const locale = format === "system" ? undefined : language;
  const time: Intl.DateTimeFormatOptions = {
    hour: format === "24" ? "2-digit" : "numeric",
    minute: "2-digit",
    second: "2-digit",
    ...(format === "12" || format === "24" ? { hour12: format === "12" } : {}),
    ...(zone === "server" ? { timeZone: hass.config.time_zone } : {}),
  };
  const made = {
    time: new Intl.DateTimeFormat(locale, time),
    dateTime: new Intl.DateTimeFormat(locale, { ...time, day: "numeric", month: "short" }),
    day: new Intl.DateTimeFormat("en", {
      dateStyle: "short",
      ...(time.timeZone ? { timeZone: time.timeZone } : {}),
    }),
  };
  formats.set(hass.locale, made);
  return made;
};

/** Return the time of today, "14:02:30", or of another day, "24 Nov, 14:02:30". */
export const formatEventTime = (hass: HomeAssistant, time: number, now: number): string => {
  const { time: timeFormat, dateTime, day } = formatsFor(hass);
  return (day.format(time) === day.format(now) ? timeFormat : dateTime).format(time);
};
