/** The content of `particle-badge`: a device's state, or how many devices are online. */

import "../shared";
import "../shared-by-devices";

import { css, html, type TemplateResult } from "lit";

import type { CardModule } from "../card";
import { Clock, present } from "../clock";
import { Content } from "../content";
import { Feed } from "../feed";
import { groupOf, sortedDevices, type FleetObject } from "../fleet-card/fleet";
import { deviceName } from "../hass";
import { formatNumber } from "../locale";
import { text } from "../localize";
import { define } from "../registry";
import type { Snapshot } from "../snapshot";
import { lookOf, statusText, type Tone } from "../status";

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

  /** Return what is not to be known now; undefined if all is. */
  get #unknown(): string | undefined {
    const { error, live, object, problem } = this.#feed;
    if (live && object) {
      return undefined;
    }
    if (error?.code === "unauthorized") {
      return this.sayShared("not_allowed");
    }
    return object || error ? this.sayShared(problem) : "–";
  }

  #device(): Shown {
    const { hass } = this;
    const id = String(this.config["device_id"]);
    const device = hass.devices[id];
    if (!device) {
      return { label: "Particle", state: this.sayShared("gone"), tone: "quiet" };
    }
    const { status } = (this.#feed.object ?? {}) as Partial<Snapshot>;
    const unknown = this.#unknown;
    return {
      label: deviceName(device),
      state: unknown ?? (status ? statusText(hass, status, present(), true) : ""),
      tone: status ? lookOf(status, unknown === undefined).tone : "quiet",
      ...(hass.user?.is_admin && { href: `/config/devices/device/${id}` }),
    };
  }

  #fleet(): Shown {
    const { hass } = this;
    const devices = sortedDevices((this.#feed.object ?? {}) as FleetObject, hass.locale.language);
    const online = devices.filter((device) => groupOf(device) === "online").length;
    const number = (value: number): string => formatNumber(hass, value, 0);
    const unknown = this.#unknown;
    return {
      label: "Particle",
      state:
        unknown ??
        text(hass.localize, "fleet_card.online_of", {
          online: number(online),
          devices: number(devices.length),
        }),
      tone: unknown === undefined && online ? "live" : "quiet",
    };
  }
}

define("particle-badge-content", BadgeContent);

export const createContent: CardModule["createContent"] = () => new BadgeContent();
