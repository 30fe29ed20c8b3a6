/**
 * What cards load after their first picture, in one file: it compresses better than a file for each card.
 */

import "./shared";
import "./shared-by-devices";

export * as badgeForm from "./badge/form";
export { Details, detailsStyles } from "./device-card/details";
export * as deviceForm from "./device-card/form";
export { EventTools, toolsStyles } from "./events-card/tools";
export * as eventsForm from "./events-card/form";
export * as fleetForm from "./fleet-card/form";
export * as variableForm from "./variable-card/form";
export * as strategies from "./strategies/generate";
export { Reading } from "./variable-card/reading";
