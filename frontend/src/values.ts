/** Values of variables in words: number and unit as Home Assistant shows them. */

import type { HomeAssistant } from "./hass";
import { formatNumber } from "./locale";
import { text } from "./localize";
import type { Value, Variable } from "./snapshot";

export interface ShownValue {
  text: string;
  unit?: string;
}

const MISSING = new Set(["unavailable", "unknown"]);

/** A card has one line for a value. */
const MAX_LENGTH = 200;

/** Return the beginning of a text, with a sign that there is more; emoji are not cut into halves. */
const cut = (text: string): string =>
  text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH).replace(/[\uD800-\uDBFF]$/, "")}…` : text;

/** Return a value that no entity shows. */
export const plainValue = (hass: HomeAssistant, value: Value): string => {
  switch (typeof value) {
    case "number":
      return formatNumber(hass, value);
    case "boolean":
      return text(hass.localize, value ? "cards.true" : "cards.false");
    default:
      return cut(value);
  }
};

/** Return the state that the entity of a variable shows; what was last known of one that is on or off. */
const stateOf = ({ value }: Variable, state: string): string | undefined => {
  if (!MISSING.has(state)) {
    return state;
  }
  return typeof value === "boolean" ? (value ? "on" : "off") : undefined;
};

/**
 * Return the value of a variable: as its entity shows it, converted and rounded as the user has set it; of one
 * without an entity, or whose entity shows nothing any more, the value as the device has sent it. Undefined if
 * there has been none.
 */
export const shownValue = (hass: HomeAssistant, variable: Variable): ShownValue | undefined => {
  const entity = variable.entity_id === undefined ? undefined : hass.states[variable.entity_id];
  const state = entity && stateOf(variable, entity.state);
  if (entity && state !== undefined) {
    const parts = hass.formatEntityStateToParts(entity, state);
    const join = (type: string): string =>
      parts
        .filter((part) => part.type === type)
        .map((part) => part.value)
        .join("");
    const unit = join("unit");
    return { text: cut(join("value")), ...(unit ? { unit } : {}) };
  }
  if (variable.value === undefined) {
    return undefined;
  }
  const { unit } = variable;
  return { text: plainValue(hass, variable.value), ...(unit === undefined ? {} : { unit }) };
};
