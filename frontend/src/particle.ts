/** What the dashboard loads: it defines the cards and offers them in the card picker. */

import { CARDS } from "./cards";
import { lazyCard } from "./lazy-card";
import { define } from "./registry";

interface OfferedCard {
  type: string;
  name: string;
  description: string;
  preview: boolean;
  documentationURL: string;
}

declare global {
  interface Window {
    customCards?: OfferedCard[];
  }
}

const DOCUMENTATION =
  "https://github.com/particle-home-assistant/particle/blob/main/docs/dashboard.md";

const offered = (window.customCards ??= []);
for (const card of CARDS) {
  define(card.tag, lazyCard(card));
  if (!offered.some(({ type }) => type === card.tag)) {
    offered.push({
      type: card.tag,
      name: card.name,
      description: card.description,
      preview: true,
      documentationURL: DOCUMENTATION,
    });
  }
}
