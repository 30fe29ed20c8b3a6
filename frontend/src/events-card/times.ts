/** Times of events, to the second. Formats are kept: to make one takes longer than to draw a row. */

import type { HomeAssistant } from "../hass";
import { dateTimeFormat, timeOptions } from "../locale";

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
  const time: Intl.DateTimeFormatOptions = { ...timeOptions(hass), second: "2-digit" };
  const made = {
    time: dateTimeFormat(hass, time),
    dateTime: dateTimeFormat(hass, { ...time, day: "numeric", month: "short" }),
    day: dateTimeFormat(hass, { dateStyle: "short" }),
  };
  formats.set(hass.locale, made);
  return made;
};

/** Return the time of today, "14:02:30", or of another day, "24 Nov, 14:02:30". */
export const formatEventTime = (hass: HomeAssistant, time: number, now: number): string => {
  const { time: timeFormat, dateTime, day } = formatsFor(hass);
  return (day.format(time) === day.format(now) ? timeFormat : dateTime).format(time);
};
