/** Which events of the log are shown. */

import { isEvent, type Row } from "./event";

export interface Filter {
  /** Part of the name or of the payload; upper and lower case are the same. */
  text: string;
  /** A device of the registry; undefined for all. */
  deviceId: string | undefined;
  /** Whether events of Device OS and of the cloud are shown too. */
  system: boolean;
}

/** Return what decides whether a row is shown; undefined if all are. */
export const matcher = ({
  text,
  deviceId,
  system,
}: Filter): ((row: Row) => boolean) | undefined => {
  const wanted = text.trim().toLowerCase();
  if (!wanted && deviceId === undefined && system) {
    return undefined;
  }
  return (row) => {
    // Among the events that are missing there may be some that match.
    if (!isEvent(row)) {
      return true;
    }
    const { event } = row;
    return (
      (system || event.own) &&
      (deviceId === undefined || event.device_id === deviceId) &&
      (!wanted ||
        event.event.toLowerCase().includes(wanted) ||
        (event.data?.toLowerCase().includes(wanted) ?? false))
    );
  };
};

/** Split a text into parts, of which every second one is what is searched for. */
export const splitMatches = (text: string, wanted: string): string[] => {
  const sought = wanted.trim().toLowerCase();
  const lower = text.toLowerCase();
  // Some letters get longer as lower case; then positions would not fit.
  if (!sought || lower.length !== text.length) {
    return [text];
  }
  const parts: string[] = [];
  let end = 0;
  for (let at = lower.indexOf(sought); at !== -1; at = lower.indexOf(sought, end)) {
    parts.push(text.slice(end, at), text.slice(at, at + sought.length));
    end = at + sought.length;
  }
  parts.push(text.slice(end));
  return parts;
};
