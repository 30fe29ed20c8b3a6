/** What the dashboard loads: it defines the cards and the features of tiles, and offers them in the editors. */

import { CARDS } from "./cards";
import { FEATURES } from "./features";
import { lazyCard } from "./lazy-card";
import { isSupported, lazyFeature } from "./lazy-feature";
import { define } from "./registry";

interface OfferedCard {
  type: string;
  name: string;
  description: string;
  preview: boolean;
  documentationURL: string;
}

interface OfferedFeature {
  type: string;
  name: string;
  configurable: boolean;
  isSupported: typeof isSupported;
}

declare global {
  interface Window {
    customCards?: OfferedCard[];
    customCardFeatures?: OfferedFeature[];
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

const features = (window.customCardFeatures ??= []);
for (const feature of FEATURES) {
  const { tag: type, name } = feature;
  define(type, lazyFeature(feature));
  if (!features.some((known) => known.type === type)) {
    features.push({ type, name, configurable: true, isSupported });
  }
}
