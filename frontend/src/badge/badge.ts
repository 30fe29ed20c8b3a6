/** The content of `particle-badge`: a device's state, or how many devices are online. */

import "../shared";
import "../shared-by-devices";

import { css, html, type TemplateResult } from "lit";

import type { CardModule, FormModule } from "../card";
import { Clock } from "../clock";
import { Content } from "../content";
import { isParticleDevice, particleDevices } from "../devices";
import { Feed } from "../feed";
import { groupOf, sortedDevices, type FleetObject } from "../fleet-card/fleet";
import { deviceName } from "../hass";
import { formatNumber } from "../locale";
import { text } from "../localize";
import { define } from "../registry";
import type { Snapshot } from "../snapshot";
import { DISCONNECTED, LOOKS, statusText, type Tone } from "../status";

interface Shown {
  label: string;
  state: string;
  tone: Tone;
  href?: string;
}

class BadgeContent extends Content {
  static override styles = css`
    .badge {
      position: relative;
      display: flex;
      align-items: center;
      gap: 8px;
      box-sizing: border-box;
      height: var(--ha-badge-size, 36px);
      min-width: var(--ha-badge-size, 36px);
      padding: 0 12px;
      border: 1px solid var(--ha-card-border-color, var(--divider-color));
      border-radius: calc(var(--ha-badge-size, 36px) / 2);
      background: var(--card-background-color);
      color: var(--primary-text-color);
      font-size: 12px;
      line-height: 16px;
      text-decoration: none;
    }
    /* The area to press is larger than the badge. */
    a::after {
      content: "";
      position: absolute;
      inset: -4px;
    }
    a:focus-visible {
      outline: 2px solid var(--primary-color);
    }
    ha-icon {
      --mdc-icon-size: 18px;
      color: var(--secondary-text-color);
    }
    .live ha-icon {
      color: var(--state-icon-color);
    }
    .busy ha-icon {
      color: var(--primary-color);
    }
    .warning ha-icon {
      color: var(--warning-color);
    }
    .label {
      display: block;
      color: var(--secondary-text-color);
      font-size: 10px;
      line-height: 10px;
    }
    .state {
      font-weight: 500;
    }
  `;

  protected readonly section = "cards";

  readonly #feed = new Feed<FleetObject | Snapshot>(this, () => {
    const { device_id: deviceId } = this.config;
    return deviceId
      ? { type: "particle/device/subscribe", device_id: deviceId }
      : { type: "particle/fleet/subscribe" };
  });

  constructor() {
    super();
    new Clock(this);
  }

  protected override render(): TemplateResult {
    const { label, state, tone, href } = this.config["device_id"] ? this.#device() : this.#fleet();
    const content = html`<ha-icon .icon=${"mdi:developer-board"}></ha-icon>
      <span>
        <span class="label"><bdi>${label}</bdi></span
        ><bdi class="state">${state}</bdi>
      </span>`;
    return href === undefined
      ? html`<div class="badge ${tone}">${content}</div>`
      : html`<a class="badge ${tone}" href=${href}>${content}</a>`;
  }

  get #unknown(): string {
    const { error } = this.#feed;
    if (error) {
      return this.sayShared(error.code === "unauthorized" ? "not_allowed" : "not_loaded");
    }
    return "–";
  }

  #device(): Shown {
    const { hass } = this;
    const id = String(this.config["device_id"]);
    const device = hass.devices[id];
    const snapshot = this.#feed.object as Snapshot | undefined;
    const shown = { label: device ? deviceName(device) : "Particle", tone: "quiet" as Tone };
    if (!isParticleDevice(device)) {
      return { ...shown, state: this.sayShared("gone") };
    }
    const href = hass.user?.is_admin ? { href: `/config/devices/device/${id}` } : {};
    if (!snapshot) {
      return { ...shown, ...href, state: this.#unknown };
    }
    return this.#feed.live
      ? {
          ...shown,
          ...href,
          state: statusText(hass, snapshot.status, Date.now(), true),
          tone: LOOKS[snapshot.status.state].tone,
        }
      : { ...shown, ...href, state: this.sayShared("disconnected"), tone: DISCONNECTED.tone };
  }

  #fleet(): Shown {
    const { hass } = this;
    const fleet = this.#feed.object as FleetObject | undefined;
    const devices = fleet ? sortedDevices(fleet, hass.locale.language) : [];
    const online = devices.filter((device) => groupOf(device) === "online").length;
    const number = (value: number): string => formatNumber(hass, value, 0);
    const state = !fleet
      ? this.#unknown
      : this.#feed.live
        ? text(hass.localize, "fleet_card.online_of", {
            online: number(online),
            devices: number(devices.length),
          })
        : this.sayShared("disconnected");
    return { label: "Particle", state, tone: this.#feed.live && online ? "live" : "quiet" };
  }
}

define("particle-badge-content", BadgeContent);

export const createContent: CardModule["createContent"] = () => new BadgeContent();

export const configForm: FormModule["configForm"] = () => ({
  schema: [{ name: "device_id", selector: { device: { integration: "particle" } } }],
  computeLabel: ({ name }, localize) => text(localize, `editor.${name}`),
  computeHelper: ({ name }, localize) => text(localize, `editor.badge_${name}_helper`),
});

export const stubConfig: FormModule["stubConfig"] = (hass) => {
  const [first] = particleDevices(hass);
  return first ? { device_id: first.id } : {};
};
