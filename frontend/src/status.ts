/** What a card says of a device's state. */

import { ageText, timeOf } from "./age";
import type { HomeAssistant } from "./hass";
import { formatMoment, formatTime } from "./locale";
import { text } from "./localize";
import type { DeviceState, Status } from "./snapshot";

/** How a state looks: the name of a CSS class. */
export type Tone = "live" | "quiet" | "busy" | "warning";

interface Look {
  tone: Tone;
  /** Drawn at the corner of the device's icon. */
  badge?: string;
}

const LOOKS: Record<DeviceState, Look> = {
  online: { tone: "live" },
  asleep: { tone: "quiet", badge: "mdi:sleep" },
  offline: { tone: "quiet", badge: "mdi:close" },
  safe_mode: { tone: "warning", badge: "mdi:exclamation" },
  updating: { tone: "busy", badge: "mdi:arrow-down" },
  cloud_lost: { tone: "quiet", badge: "mdi:cloud-off-outline" },
  not_permitted: { tone: "quiet", badge: "mdi:lock-outline" },
  not_loaded: { tone: "quiet", badge: "mdi:exclamation" },
  gone: { tone: "quiet", badge: "mdi:exclamation" },
};

/** Return how a device looks; `live` is whether its state is the present one. */
export const lookOf = ({ state, answering }: Status, live: boolean): Look => {
  if (!live) {
    return { tone: "quiet", badge: "mdi:lan-disconnect" };
  }
  return LOOKS[state === "online" && answering === false ? "safe_mode" : state];
};

/** The steps of a flash that people are told of; what is reported afterwards belongs to the last one. */
const FLASH_STEPS: Record<string, 1 | 2 | 3> = {
  start: 1,
  transfer: 1,
  contradiction: 1,
  restart: 2,
  proof: 3,
  report: 3,
  safe_mode: 3,
};

/** Return the number of a step of a firmware update, from 1 to 3; 0 if it is not known. */
export const flashStep = (step: string): number => FLASH_STEPS[step] ?? 0;

/** Return which step of a firmware update is under way: "Step 1 of 3: sending the firmware". */
export const flashStepText = (hass: HomeAssistant, step: string): string => {
  const number = flashStep(step);
  return number === 0
    ? text(hass.localize, "cards.updating")
    : text(hass.localize, `cards.flash_step_${String(number)}`);
};

/**
 * Return the state of a device in words: "Online · heard 10 seconds ago"; without the age where `brief`, because
 * something else says it.
 */
export const statusText = (
  hass: HomeAssistant,
  status: Status,
  now: number,
  brief = false,
): string => {
  const say = (key: string, values?: Record<string, string>): string =>
    text(hass.localize, `cards.${key}`, values);
  const heardAt = timeOf(status.heard_at);
  const age =
    brief || heardAt === undefined ? undefined : ageText(heardAt, now, hass.locale.language);
  switch (status.state) {
    case "online":
      if (status.answering === false) {
        return say("not_answering");
      }
      return age === undefined ? say("online") : say("online_heard", { age });
    case "asleep": {
      const backAt = timeOf(status.back_at);
      return backAt === undefined || backAt < now
        ? say("asleep")
        : say("asleep_until", { time: formatTime(hass, backAt) });
    }
    case "offline":
      return heardAt === undefined
        ? say("offline")
        : say("offline_since", { time: formatMoment(hass, heardAt, now) });
    case "cloud_lost": {
      const since = timeOf(status.lost_since);
      return since === undefined
        ? say("cloud_lost")
        : say("cloud_lost_since", { time: formatMoment(hass, since, now) });
    }
    case "safe_mode":
      return age === undefined ? say("safe_mode") : say("safe_mode_heard", { age });
    default:
      return say(status.state);
  }
};
