/** What pickers and dialogs of Home Assistant offer: cards, a badge, and a dashboard. */

import { defineStrategies } from "./strategies/strategies";
import {
  suggestDevice,
  suggestEvents,
  suggestFleet,
  suggestion,
  suggestVariable,
  type Suggest,
} from "./suggestions";

interface Offered {
  type: string;
  name: string;
  description: string;
  documentationURL: string;
}

interface OfferedCard extends Offered {
  preview: boolean;
  getEntitySuggestion: ReturnType<typeof suggestion>;
}

declare global {
  interface Window {
    customBadges?: OfferedCard[];
    customCards?: OfferedCard[];
    customStrategies?: (Offered & { strategyType: string })[];
  }
}

const documentationURL =
  "https://github.com/particle-home-assistant/particle/blob/main/docs/dashboard.md";

/** Offer something once: another copy of this module may have done so. */
const offer = <Kind extends Offered>(list: Kind[], offered: Kind): void => {
  if (!list.some(({ type }) => type === offered.type)) {
    list.push(offered);
  }
};

const offerCard = (
  list: OfferedCard[],
  type: string,
  name: string,
  description: string,
  suggest: Suggest,
): void => {
  offer(list, {
    type,
    name,
    description,
    preview: true,
    documentationURL,
    getEntitySuggestion: suggestion(type, suggest),
  });
};

const cards = (window.customCards ??= []);
offerCard(
  cards,
  "particle-device-card",
  "Particle device",
  "A device of the Particle Cloud with its variables, functions and events.",
  suggestDevice,
);
offerCard(
  cards,
  "particle-variable-card",
  "Particle variable",
  "A variable of a Particle device with its age, trend and history.",
  suggestVariable,
);
offerCard(
  cards,
  "particle-fleet-card",
  "Particle fleet",
  "All Particle devices at a glance, problems first, with versions and data operations.",
  suggestFleet,
);
offerCard(
  cards,
  "particle-events-card",
  "Particle events",
  "What devices of the Particle Cloud publish, live.",
  suggestEvents,
);
offerCard(
  (window.customBadges ??= []),
  "particle-badge",
  "Particle",
  "The state of a Particle device, or how many devices are online.",
  (entity, hass) => suggestDevice(entity, hass) ?? suggestFleet(entity, hass),
);
defineStrategies();
offer((window.customStrategies ??= []), {
  type: "particle",
  strategyType: "dashboard",
  name: "Particle",
  description: "All Particle devices: an overview, each device, and what they publish.",
  documentationURL,
});
