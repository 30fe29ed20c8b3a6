/** Events of the log, as the integration sends them: `custom_components/particle/dashboard/event_feed.py`. */

export interface LogEvent {
  config_entry_id: string;
  /** In the device registry; null for what comes from no device. */
  device_id: string | null;
  event: string;
  data: string | null;
  published_at: string | null;
  received_at: string;
  /** Whether firmware or a person published it, and not Device OS or the cloud. */
  own: boolean;
  replayed: boolean;
  may_replay: boolean;
}

/** A message of the subscription. */
export interface EventMessage {
  subscription: number;
  events: LogEvent[];
  /** How many were left out before these, because they came too fast. */
  left_out: number;
  /** Since when Particle cannot be reached, so that events may be missing. */
  lost_since: string | null;
  /** Whether an account that the card is for is loaded. */
  loaded: boolean;
}

/** A page of events that are stored, newest first. */
export interface EventPage {
  events: LogEvent[];
  /** What to ask for the next page with; null if there is nothing older. */
  cursor: Cursor | null;
  /** Whether the user may see any of the devices that the card is for. */
  visible: boolean;
}

/** By account, the number of the event before which the next page begins. */
export type Cursor = Record<string, number | null>;

export interface EventRow {
  key: number;
  time: number;
  event: LogEvent;
}

/** A place where events are missing. */
export interface GapRow {
  key: number;
  time: number;
  /** How many; undefined if that is not known. */
  leftOut: number | undefined;
}

export type Row = EventRow | GapRow;

export const isEvent = (row: Row): row is EventRow => "event" in row;

/** Return what tells an event from all others. */
export const fingerprint = ({
  config_entry_id: entry,
  device_id: device,
  event,
  data,
  published_at: published,
  received_at: received,
  replayed,
}: LogEvent): string =>
  [entry, device ?? "", event, published ?? received, String(replayed), data ?? ""].join("\n");
