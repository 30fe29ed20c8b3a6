/** The last row of a device card: signal, battery, firmware, and the way to the device's page. */

import { html, nothing, type TemplateResult } from "lit";

import type { HomeAssistant } from "../hass";
import type { Snapshot } from "../snapshot";
import type { DetailedCard } from "./details";

/** Return a number of percent: "57%". */
const formatPercent = (hass: HomeAssistant, value: number): string =>
  new Intl.NumberFormat(hass.locale.language, {
    style: "percent",
    maximumFractionDigits: 0,
  }).format(value / 100);

const signalIcon = (network: string | undefined, signal: number): string => {
  const strength = Math.min(4, Math.max(1, Math.ceil(signal / 25)));
  return network === "Wi-Fi"
    ? `mdi:wifi-strength-${String(strength)}`
    : `mdi:signal-cellular-${String(Math.min(3, strength))}`;
};

const batteryIcon = (battery: number): string => {
  const tens = Math.round(battery / 10) * 10;
  return tens >= 100
    ? "mdi:battery"
    : tens <= 0
      ? "mdi:battery-outline"
      : `mdi:battery-${String(tens)}`;
};

const fact = (icon: string, label: string, value: string): TemplateResult =>
  html`<span class="fact">
    <ha-icon .icon=${icon}></ha-icon><span class="visually-hidden">${label}</span
    ><bdi class="ellipsis">${value}</bdi>
  </span>`;

/** Return the foot; nothing if there is nothing in it. */
export const foot = (
  card: DetailedCard,
  { health, firmware }: Snapshot,
): TemplateResult | typeof nothing => {
  const { hass, href } = card;
  const facts: TemplateResult[] = [];
  if (health?.signal !== undefined) {
    const value = [health.network, formatPercent(hass, health.signal)].filter(Boolean).join(" ");
    facts.push(fact(signalIcon(health.network, health.signal), card.say("signal"), value));
  }
  if (health?.battery !== undefined) {
    const value = formatPercent(hass, health.battery);
    facts.push(fact(batteryIcon(health.battery), card.say("battery"), value));
  }
  if (firmware?.device_os !== undefined) {
    const version = card.say("device_os", { version: firmware.device_os });
    const product = firmware.product_version;
    const value =
      product === undefined
        ? version
        : `${version} · ${card.say("firmware", { version: String(product) })}`;
    facts.push(fact("mdi:chip", firmware.model, value));
  }
  if (firmware?.update_pending) {
    facts.push(fact("mdi:arrow-down-circle-outline", "", card.say("update_pending")));
  }
  if (!facts.length && href === undefined) {
    return nothing;
  }
  return html`<div class="foot">
    ${facts}
    ${
      href === undefined
        ? nothing
        : html`<a class="button plain more" href=${href} aria-label=${card.say("device_page")}>
            <ha-icon class="mirror" .icon=${"mdi:chevron-right"}></ha-icon>
          </a>`
    }
  </div>`;
};
