/** Which card suits an entity: the frontend asks this of every card, for every entity. */

import { isParticleDevice } from "./devices";
import type { EntityEntry, HomeAssistant } from "./hass";

export type Options = Record<string, unknown>;

/** Return the options of a card that suits an entity of ours; undefined if it does not. */
export type Suggest = (entity: EntityEntry, hass: HomeAssistant) => Options | undefined;

const ofDevice = ({ device_id: id }: EntityEntry, hass: HomeAssistant): string | undefined =>
  id !== undefined && isParticleDevice(hass.devices[id]) ? id : undefined;

const isOf = (entity: EntityEntry, ...domains: string[]): boolean =>
  domains.some((domain) => entity.entity_id.startsWith(`${domain}.`));

export const suggestDevice: Suggest = (entity, hass) => {
  const id = ofDevice(entity, hass);
  return id === undefined ? undefined : { device_id: id };
};

/** Variables are named by the firmware, and everything else by a translation. */
export const suggestVariable: Suggest = (entity, hass) =>
  isOf(entity, "sensor", "binary_sensor") &&
  entity.translation_key === undefined &&
  entity.entity_category === undefined &&
  ofDevice(entity, hass) !== undefined
    ? { entity: entity.entity_id, hours_to_show: 24 }
    : undefined;

export const suggestEvents: Suggest = (entity, hass) => {
  const id = ofDevice(entity, hass);
  return id !== undefined && isOf(entity, "event") ? { devices: [id] } : undefined;
};

export const suggestFleet: Suggest = (entity, hass) =>
  ofDevice(entity, hass) === undefined ? {} : undefined;

/** Return what the frontend calls to ask for a suggestion. It must not throw: others would be lost. */
export const suggestion =
  (tag: string, suggest: Suggest) =>
  (hass: HomeAssistant, entityId: string): { config: Options } | null => {
    try {
      const entity = hass.entities[entityId];
      const options = entity?.platform === "particle" ? suggest(entity, hass) : undefined;
      return options ? { config: { type: `custom:${tag}`, ...options } } : null;
    } catch {
      return null;
    }
  };
