/** The actions of the integration that the log runs. */

import { runAction } from "../action";
import type { HomeAssistant } from "../hass";
import type { LogEvent } from "./event";
import type { Search } from "./event-feed";

/** Play an event again inside Home Assistant. */
export const replayEvent = (hass: HomeAssistant, event: LogEvent): Promise<unknown> =>
  runAction(hass, "replay_event", {
    data: {
      event: event.event,
      data: event.data ?? "",
      ...(event.device_id === null
        ? { config_entry_id: event.config_entry_id }
        : { device_id: event.device_id }),
    },
  });

/** Publish an event in the cloud. */
export const publishEvent = (
  hass: HomeAssistant,
  event: string,
  data: string,
  entryId: string | undefined,
): Promise<unknown> =>
  runAction(hass, "publish_event", {
    data: { event, data, ...(entryId ? { config_entry_id: entryId } : {}) },
  });

/** Download the stored events that are searched for, as lines of JSON. */
export const exportEvents = async (hass: HomeAssistant, search: Search): Promise<void> => {
  const query = new URLSearchParams();
  for (const id of search.device_ids ?? []) {
    query.append("device_id", id);
  }
  if (search.text) {
    query.set("text", search.text);
  }
  if (search.own) {
    query.set("own", "1");
  }
  const { path } = (await hass.callWS({
    type: "auth/sign_path",
    path: `/api/particle/events/export?${query.toString()}`,
  })) as { path: string };
  const link = document.createElement("a");
  link.href = path;
  link.download = "particle-events.jsonl";
  document.body.append(link);
  link.click();
  link.remove();
};
