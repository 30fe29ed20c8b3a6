/** What can be chosen for a device card. */

import type { CardConfig } from "../hass";

export interface DeviceCardConfig extends CardConfig {
  device_id?: string;
  name?: string;
  variables?: string[];
  functions?: string[];
  hours_to_show?: number;
  hide_events?: boolean;
  confirm_functions?: boolean;
  compact?: boolean;
  navigation_path?: string;
}

const DEFAULT_HOURS = 24;

/** Return how many hours the trends show. */
export const hoursOf = ({ hours_to_show: hours }: DeviceCardConfig): number =>
  typeof hours === "number" && hours > 0 ? hours : DEFAULT_HOURS;

/** Return the names to show: those that are chosen and exist, in that order; all if none is chosen. */
export const chosenNames = (chosen: string[] | undefined, existing: string[]): string[] =>
  chosen?.length ? chosen.filter((name) => existing.includes(name)) : existing;
