/** The other entities of a device, as Home Assistant's own tiles. */

import { loadCardHelpers, type CardHelpers, type CoreCard } from "../core-cards";
import type { HomeAssistant } from "../hass";
import type { Snapshot } from "../snapshot";

/** What controls an entity, in the row of its tile. */
const FEATURES: Record<string, Record<string, unknown>> = {
  cover: { type: "cover-open-close" },
  fan: { type: "fan-speed" },
  light: { type: "toggle" },
  lock: { type: "lock-commands" },
  number: { type: "numeric-input", style: "buttons" },
  switch: { type: "toggle" },
  update: { type: "update-actions" },
  valve: { type: "valve-open-close" },
};

// Entities that stand for what the card shows in its own way.
const SHOWN_ELSEWHERE = new Set(["event", "device_tracker"]);

/** Return the entities of a device that are none of its variables, functions and events. */
export const otherEntities = (
  hass: HomeAssistant,
  deviceId: string,
  { variables, functions }: Snapshot,
): string[] => {
  const shown = new Set(
    [...Object.values(variables ?? {}), ...Object.values(functions ?? {})].map(
      ({ entity_id: entityId }) => entityId,
    ),
  );
  return Object.values(hass.entities)
    .filter(
      (entity) =>
        entity.device_id === deviceId &&
        !entity.entity_category &&
        !entity.hidden &&
        !shown.has(entity.entity_id) &&
        !(
          entity.platform === "particle" &&
          (SHOWN_ELSEWHERE.has(entity.entity_id.split(".")[0] ?? "") ||
            entity.translation_key === "online")
        ),
    )
    .map(({ entity_id: entityId }) => entityId)
    .sort();
};

const tileConfig = (entityId: string, control: boolean): Record<string, unknown> => {
  const feature = FEATURES[entityId.split(".")[0] ?? ""];
  return {
    type: "tile",
    entity: entityId,
    // Without the name of the device, which the card says already.
    name: { type: "entity" },
    ...(control && feature ? { features: [feature], features_position: "inline" } : {}),
    ...(control
      ? {}
      : { tap_action: { action: "more-info" }, icon_tap_action: { action: "none" } }),
  };
};

/** The card that the tiles are in. */
interface TiledCard {
  hass: HomeAssistant;
  coreCards: readonly CoreCard[];
  requestUpdate: () => void;
}

/** Keeps a tile for each entity. */
export class EntityTiles {
  #helpers: CardHelpers | undefined;
  readonly #tiles = new Map<string, CoreCard>();

  constructor(private readonly card: TiledCard) {}

  /** Return the tiles, or none until Home Assistant's cards are loaded. */
  of(entityIds: string[], control: boolean): readonly CoreCard[] {
    if (entityIds.length && !this.#helpers) {
      void this.#load();
      return [];
    }
    this.card.coreCards = entityIds
      .filter((entityId) => entityId in this.card.hass.states)
      .flatMap((entityId) => this.#tile(entityId, control) ?? []);
    return this.card.coreCards;
  }

  #tile(entityId: string, control: boolean): CoreCard | undefined {
    const key = `${entityId} ${String(control)}`;
    let tile = this.#tiles.get(key);
    if (!tile && this.#helpers) {
      tile = this.#helpers.createCardElement(tileConfig(entityId, control));
      this.#tiles.set(key, tile);
    }
    if (tile) {
      tile.hass = this.card.hass;
    }
    return tile;
  }

  async #load(): Promise<void> {
    this.#helpers = await loadCardHelpers();
    if (this.#helpers) {
      this.card.requestUpdate();
    }
  }
}
