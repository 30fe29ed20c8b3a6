/** What the dashboard loads: it defines the elements of the cards and of the features of tiles. */

// Puts it into the file that all others need anyway: see `shared`.
import "./devices";

import { BADGE, CARDS } from "./cards";
import { FEATURES } from "./features";
import { lazyCard } from "./lazy-card";
import { isSupported, lazyFeature } from "./lazy-feature";
import { define } from "./registry";

interface OfferedFeature {
  type: string;
  name: string;
  configurable: boolean;
  isSupported: typeof isSupported;
}

declare global {
  interface Window {
    customCardFeatures?: OfferedFeature[];
  }
}

for (const card of [...CARDS, BADGE]) {
  define(card.tag, lazyCard(card));
}

const features = (window.customCardFeatures ??= []);
for (const feature of FEATURES) {
  const { tag: type, name } = feature;
  define(type, lazyFeature(feature));
  if (!features.some((known) => known.type === type)) {
    features.push({ type, name, configurable: true, isSupported });
  }
}

// No card needs it to be shown. If it cannot be loaded, after an upgrade, the cards say what to do.
import("./offers").catch(() => undefined);
