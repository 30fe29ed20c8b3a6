/** What the strategies generate: views and sections with the cards of this integration. */

import { particleDevices } from "../devices";
import { deviceName, type DeviceEntry, type HomeAssistant } from "../hass";
import { text } from "../localize";

/** A strategy's configuration. */
export interface StrategyConfig {
  type: string;
  /** Only the devices of this account. */
  config_entry_id?: string;
  /** Only the devices in these areas; null stands for those without an area. */
  areas?: unknown;
  device_id?: unknown;
  /** Null for the devices without an area. */
  area_id?: unknown;
  events?: unknown;
  /** Whether the dashboard has a view for each device. */
  device_views?: unknown;
}

export type Generated = Record<string, unknown>;
/** What a strategy is for. */
export type Kind = "dashboard" | "view" | "section";

type Generate = (config: StrategyConfig, hass: HomeAssistant) => Generated;
/** So many devices have a tab each; more have a tab for each area. */
const MAX_TABS = 8;

/** An area of more devices is shown as a list alone. */
const MAX_CARDS = 24;

type Card = Generated;

interface Group {
  /** ID of the area; null for the devices without one. */
  areaId: string | null;
  name: string;
  devices: DeviceEntry[];
}

const WIDE = { columns: "full" };

const say = (hass: HomeAssistant, key: string): string => text(hass.localize, `strategy.${key}`);

const pathOf = (device: DeviceEntry): string => `device-${device.id}`;

const deviceCard = (device: DeviceEntry): Card => ({
  type: "custom:particle-device-card",
  device_id: device.id,
});

const compactCard = (device: DeviceEntry, hasViews: boolean): Card => ({
  ...deviceCard(device),
  compact: true,
  ...(hasViews && { navigation_path: pathOf(device) }),
});

const eventsCard = (rows: number, devices?: DeviceEntry[]): Card => ({
  type: "custom:particle-events-card",
  ...(devices && { devices: devices.map(({ id }) => id) }),
  grid_options: { ...WIDE, rows },
});

const fleetCard = (
  { config_entry_id: entryId, areas }: StrategyConfig,
  hasViews: boolean,
): Card => ({
  type: "custom:particle-fleet-card",
  ...(entryId !== undefined && { config_entry_id: entryId }),
  ...(Array.isArray(areas) && { areas }),
  ...(hasViews && { device_views: true }),
  grid_options: WIDE,
});

const heading = (title: string): Card => ({ type: "heading", heading: title });

const grid = (...cards: Card[]): Card => ({ type: "grid", cards });

const sections = (...all: Card[]): Generated => ({
  type: "sections",
  max_columns: Math.min(Math.max(all.length, 1), 3),
  sections: all,
});

/** Return the devices that a strategy is about. */
const devicesOf = (config: StrategyConfig, hass: HomeAssistant): DeviceEntry[] => {
  const { areas } = config;
  return particleDevices(hass, config.config_entry_id).filter(
    (device) => !Array.isArray(areas) || !areas.length || areas.includes(device.area_id),
  );
};

/** Return the devices by area, those without one at the end. */
const groupsOf = (hass: HomeAssistant, devices: DeviceEntry[]): Group[] => {
  const groups = new Map<string, Group>();
  const rest: Group = { areaId: null, name: say(hass, "no_area"), devices: [] };
  for (const device of devices) {
    const area = device.area_id === null ? undefined : hass.areas[device.area_id];
    let group = rest;
    if (area) {
      group = groups.get(area.area_id) ?? { areaId: area.area_id, name: area.name, devices: [] };
      groups.set(area.area_id, group);
    }
    group.devices.push(device);
  }
  const { compare } = new Intl.Collator(hass.locale.language, { numeric: true });
  const named = [...groups.values()].sort((one, other) => compare(one.name, other.name));
  return rest.devices.length ? [...named, rest] : named;
};

const overview = (config: StrategyConfig, hass: HomeAssistant): Generated => {
  const devices = devicesOf(config, hass);
  const hasViews = config.device_views === true;
  const fleet = grid(fleetCard(config, hasViews));
  const [only] = devices;
  if (!only) {
    return sections(fleet);
  }
  if (devices.length === 1) {
    return sections(grid(deviceCard(only)), grid(eventsCard(8, devices)), fleet);
  }
  if (devices.length > MAX_TABS) {
    return sections(fleet, grid(eventsCard(12)));
  }
  const groups = groupsOf(hass, devices);
  // One section for all: sections of different heights leave gaps beside the fleet.
  const cards = groups.flatMap(({ name, devices: members }) => [
    ...(groups.length > 1 ? [heading(name)] : []),
    ...members.map((device) => compactCard(device, hasViews)),
  ]);
  return sections(fleet, grid(...cards));
};

const areaView = (config: StrategyConfig, hass: HomeAssistant): Generated => {
  const areas = [config.area_id];
  const hasViews = config.device_views === true;
  const devices = devicesOf({ ...config, areas }, hass);
  const fleet = grid(fleetCard({ ...config, areas }, hasViews));
  return devices.length > MAX_CARDS
    ? sections(fleet)
    : sections(fleet, grid(...devices.map((device) => compactCard(device, hasViews))));
};

const deviceView = (deviceId: string, hass: HomeAssistant): Generated => {
  const device = hass.devices[deviceId];
  return device
    ? sections(grid({ ...deviceCard(device), hide_events: true }), grid(eventsCard(10, [device])))
    : sections(grid({ type: "custom:particle-device-card", device_id: deviceId }));
};

const eventsView = (config: StrategyConfig, hass: HomeAssistant): Generated => {
  const isLimited = config.config_entry_id !== undefined || Array.isArray(config.areas);
  const card = eventsCard(12, isLimited ? devicesOf(config, hass) : undefined);
  return { type: "sections", max_columns: 4, sections: [{ ...grid(card), column_span: 4 }] };
};

/** Return the dashboard: an overview, a view for each device or area, and the events. */
export const dashboard: Generate = (config, hass) => {
  const devices = devicesOf(config, hass);
  const hasViews = devices.length > 1;
  const view = (title: string, path: string, options: Generated): Generated => ({
    title,
    path,
    strategy: { ...config, ...(hasViews && { device_views: true }), ...options },
  });
  const isLarge = devices.length > MAX_TABS;
  return {
    title: "Particle",
    views: [
      view(say(hass, "overview"), "overview", {}),
      ...(isLarge
        ? groupsOf(hass, devices).map(({ areaId, name }) =>
            view(name, areaId === null ? "no-area" : `area-${areaId}`, { area_id: areaId }),
          )
        : []),
      ...(hasViews
        ? devices.map((device) => ({
            ...view(deviceName(device), pathOf(device), { device_id: device.id }),
            subview: isLarge,
          }))
        : []),
      view(say(hass, "events"), "events", { events: true }),
    ],
  };
};

/** Return a view: of a device, an area, the events, or the overview. */
export const view: Generate = (config, hass) => {
  if (typeof config.device_id === "string") {
    return deviceView(config.device_id, hass);
  }
  if (config.area_id !== undefined) {
    return areaView(config, hass);
  }
  return config.events === true ? eventsView(config, hass) : overview(config, hass);
};

/** Return a section: of a device, an area, or the fleet. */
export const section: Generate = (config, hass) => {
  const { device_id: deviceId, area_id: areaId } = config;
  if (typeof deviceId === "string") {
    return grid({ type: "custom:particle-device-card", device_id: deviceId });
  }
  if (areaId === undefined) {
    return grid(fleetCard(config, false));
  }
  const devices = devicesOf({ ...config, areas: [areaId] }, hass);
  return devices.length && devices.length <= MAX_CARDS
    ? grid(...devices.map((device) => compactCard(device, false)))
    : grid(fleetCard({ ...config, areas: [areaId] }, false));
};
