/** The fleet as the integration sends it, and in the order in which a card shows it. */

import { timeOf } from "../age";
import type { DeviceState, Status } from "../snapshot";

/** A row of `custom_components/particle/dashboard/fleet.py`. */
export interface FleetDevice extends Status {
  /** ID in Home Assistant's device registry. */
  device_id: string;
  config_entry_id: string;
  name: string;
  device_os?: string;
  product?: string;
  product_version?: number;
}

export interface Operations {
  used: number;
  forecast: number;
  allowance: number;
  period_end: string;
  refused_since?: string;
}

export interface Account {
  name: string;
  operations: Operations;
  /** Since when events do not come in live. */
  interrupted_since?: string;
}

export type FleetObject = Record<string, FleetDevice | Account>;

export type Group = "problems" | "asleep" | "online";
export const GROUPS: Group[] = ["problems", "asleep", "online"];

const ORDER: DeviceState[] = [
  "safe_mode",
  "not_permitted",
  "not_loaded",
  "gone",
  "cloud_lost",
  "offline",
  "asleep",
  "updating",
  "online",
];

/** Return the group of a device: what to look at, what rests, what works. */
export const groupOf = ({ state, answering }: FleetDevice): Group => {
  switch (state) {
    case "asleep":
      return "asleep";
    case "online":
    case "updating":
      return answering === false ? "problems" : "online";
    default:
      return "problems";
  }
};

const rank = (device: FleetDevice): number =>
  device.state === "online" && device.answering === false ? 0 : ORDER.indexOf(device.state);

/** Return the devices of the fleet, problems first, by name where they are equal. */
export const sortedDevices = (fleet: FleetObject, language: string): FleetDevice[] => {
  const { compare } = new Intl.Collator(language, { numeric: true, sensitivity: "base" });
  return Object.entries(fleet)
    .filter(([key]) => key.startsWith("device/"))
    .map(([, device]) => device as FleetDevice)
    .sort((one, other) => rank(one) - rank(other) || compare(one.name, other.name));
};

export const accountsOf = (fleet: FleetObject): [id: string, account: Account][] =>
  Object.entries(fleet)
    .filter(([key]) => key.startsWith("account/"))
    .map(([key, account]) => [key.slice("account/".length), account as Account]);

/** Return since when events of an account do not come in live; undefined if all do. */
export const interruptedSince = (
  accounts: [id: string, account: Account][],
): number | undefined => {
  const times = accounts.flatMap(([, account]) => timeOf(account.interrupted_since) ?? []);
  return times.length ? Math.min(...times) : undefined;
};

/** Return how many devices run each version of Device OS, the newest first. */
export const deviceOsVersions = (devices: FleetDevice[]): [version: string, devices: number][] => {
  const counts = new Map<string, number>();
  for (const { device_os: version } of devices) {
    if (version !== undefined) {
      counts.set(version, (counts.get(version) ?? 0) + 1);
    }
  }
  const { compare } = new Intl.Collator("en", { numeric: true });
  return [...counts].sort(([one], [other]) => compare(other, one));
};

/** Return the device that was heard longest ago. */
export const oldestHeard = (devices: FleetDevice[]): FleetDevice | undefined => {
  let oldest: FleetDevice | undefined;
  for (const device of devices) {
    const time = timeOf(device.heard_at);
    if (time !== undefined && time < (timeOf(oldest?.heard_at) ?? Infinity)) {
      oldest = device;
    }
  }
  return oldest;
};

/** Return when the allowance is used up if all goes on as now; undefined if it lasts. */
export const usedUpAt = (operations: Operations, now: number): number | undefined => {
  const { used, forecast, allowance, period_end: periodEnd } = operations;
  const end = timeOf(periodEnd);
  if (end === undefined || end <= now || forecast <= allowance || used >= allowance) {
    return undefined;
  }
  return now + ((allowance - used) / (forecast - used)) * (end - now);
};
