/** How events are read and put into words. */

import { isEvent } from "./event";
import { formatBytes, senderName } from "./event-row";
import { tokensOf } from "./json";
import { readPayload } from "./payload";
import { formatEventTime } from "./times";

/** The card hands this to what is loaded later: to import it there would take a file of its own. */
export const eventFormat = {
  formatBytes,
  formatEventTime,
  isEvent,
  readPayload,
  senderName,
  tokensOf,
};

export type EventFormat = typeof eventFormat;
