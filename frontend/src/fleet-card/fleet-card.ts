/** The content of `particle-fleet-card`: all devices at a glance. */

import "../shared";
import "../shared-by-devices";

import { html, nothing, type TemplateResult } from "lit";

import { ageText, timeOf } from "../age";
import type { CardModule } from "../card";
import { Clock, present } from "../clock";
import { Content } from "../content";
import { deviceStyles } from "../device-styles";
import { Feed } from "../feed";
import { deviceName } from "../hass";
import { header } from "../header";
import { formatMoment, formatNumber } from "../locale";
import { goTo } from "../navigation";
import { define } from "../registry";
import { lookOf, statusText } from "../status";
import { sharedStyles } from "../styles";
import {
  accountsOf,
  deviceOsVersions,
  groupOf,
  GROUPS,
  interruptedSince,
  oldestHeard,
  sortedDevices,
  type Account,
  type FleetDevice,
  type FleetObject,
  type Group,
} from "./fleet";
import { operationsPart } from "./operations";
import { fleetStyles } from "./styles";

/** So many rows are shown at first, and so many more at each press: thousands at once would take long. */
const FIRST_ROWS = 6;
const MORE_ROWS = 50;

/** A fleet of more devices than this can be searched. */
const SEARCH_FROM = 10;

/** That a device was not heard for an hour is worth a line. */
const LONG_AGO_MS = 3_600_000;

const isLost = ({ state }: FleetDevice): boolean => state === "cloud_lost";

class FleetCardContent extends Content {
  static override styles = [sharedStyles, deviceStyles, fleetStyles];

  protected readonly section = "fleet_card";

  #group: Group | undefined;
  #search = "";
  #rows = FIRST_ROWS;

  readonly #feed = new Feed<FleetObject>(this, () => ({ type: "particle/fleet/subscribe" }));

  constructor() {
    super();
    new Clock(this);
  }

  protected override render(): TemplateResult {
    const feed = this.#feed;
    const fleet = feed.object;
    if (!fleet) {
      return feed.error ? this.#nothing("no_account") : this.loading();
    }
    const all = sortedDevices(fleet, this.hass.locale.language);
    const devices = this.#chosen(all);
    if (!devices.length) {
      return feed.live ? this.#nothing(this.#missing(fleet, all)) : this.loading();
    }
    const now = present();
    return html`<ha-card class=${feed.live ? "" : "stale"}>
      ${this.#summary(fleet, devices, now)} ${this.#chips(devices)}
      ${devices.length > SEARCH_FROM ? this.#searchField() : nothing} ${this.#list(devices, now)}
      ${this.config["versions"] === false ? nothing : this.#versions(devices)}
      ${this.config["operations"] === false ? nothing : this.#operations(fleet, now)}
    </ha-card>`;
  }

  /** Return why there is no device to show. */
  #missing(fleet: FleetObject, devices: FleetDevice[]): string {
    if (devices.length) {
      return "none_found";
    }
    if (accountsOf(fleet).length) {
      return "no_devices";
    }
    // Others are not told of accounts.
    return this.hass.user?.is_admin ? "no_account" : "none_visible";
  }

  /** Return the devices that the card is about. */
  #chosen(devices: FleetDevice[]): FleetDevice[] {
    const { config_entry_id: entryId, areas } = this.config;
    const areaIds = Array.isArray(areas) && areas.length ? new Set(areas) : undefined;
    return devices.filter(
      (device) =>
        (!entryId || device.config_entry_id === entryId) &&
        (!areaIds || areaIds.has(this.hass.devices[device.device_id]?.area_id)),
    );
  }

  #nameOf(device: FleetDevice): string {
    const registered = this.hass.devices[device.device_id];
    const name = registered ? deviceName(registered) : "";
    return name === "" ? device.name : name;
  }

  #summary(fleet: FleetObject, devices: FleetDevice[], now: number): TemplateResult {
    const online = devices.filter((device) => groupOf(device) === "online").length;
    const isKnown = this.#feed.live && !devices.every(isLost);
    const number = (value: number): string => formatNumber(this.hass, value, 0);
    return html`<div class="summary">
      <div>
        <span class="count value">${isKnown ? number(online) : "–"}</span>
        <span class="secondary">${this.say("of_online", { devices: number(devices.length) })}</span>
      </div>
      <div class="say secondary">
        <span class="ellipsis">${this.#remark(fleet, devices, now)}</span>
      </div>
    </div>`;
  }

  /** Return what is worth a line beside the count. */
  #remark(fleet: FleetObject, devices: FleetDevice[], now: number): string {
    if (!this.#feed.live) {
      return this.sayShared(this.#feed.problem);
    }
    const [first] = devices;
    if (first && devices.every(isLost)) {
      return statusText(this.hass, first, now);
    }
    const interrupted = interruptedSince(this.#accounts(fleet));
    if (interrupted !== undefined) {
      return this.say("interrupted", { time: formatMoment(this.hass, interrupted, now) });
    }
    const oldest = oldestHeard(devices);
    const time = timeOf(oldest?.heard_at);
    return oldest && time !== undefined && now - time > LONG_AGO_MS
      ? this.say("oldest", {
          device: this.#nameOf(oldest),
          age: ageText(time, now, this.hass.locale.language),
        })
      : "";
  }

  #accounts(fleet: FleetObject): [id: string, account: Account][] {
    const { config_entry_id: entryId } = this.config;
    return accountsOf(fleet).filter(([id]) => !entryId || id === entryId);
  }

  #chips(devices: FleetDevice[]): TemplateResult {
    const counts = new Map<Group, number>();
    for (const device of devices) {
      const group = groupOf(device);
      counts.set(group, (counts.get(group) ?? 0) + 1);
    }
    const chip = (group: Group | undefined, count: number): TemplateResult =>
      html`<button
        class="chip"
        aria-pressed=${this.#group === group ? "true" : "false"}
        @click=${(): void => {
          this.#group = group;
          this.#showFirst();
        }}
      >
        ${this.say(group ?? "all")}
        <span class="secondary">${formatNumber(this.hass, count, 0)}</span>
      </button>`;
    return html`<div class="chips" role="group" aria-label=${this.say("filter")}>
      ${chip(undefined, devices.length)}
      ${GROUPS.filter((group) => counts.has(group) || group === this.#group).map((group) =>
        chip(group, counts.get(group) ?? 0),
      )}
    </div>`;
  }

  #searchField(): TemplateResult {
    return html`<div class="search">
      <label class="field">
        <ha-icon .icon=${"mdi:magnify"}></ha-icon>
        <input
          type="search"
          .value=${this.#search}
          placeholder=${this.say("search")}
          aria-label=${this.say("search")}
          @input=${(event: Event): void => {
            this.#search = (event.target as HTMLInputElement).value;
            this.#showFirst();
          }}
        />
      </label>
    </div>`;
  }

  #list(devices: FleetDevice[], now: number): TemplateResult {
    const words = this.#search.trim().toLocaleLowerCase();
    const shown = devices.filter(
      (device) =>
        (!this.#group || groupOf(device) === this.#group) &&
        (!words || this.#nameOf(device).toLocaleLowerCase().includes(words)),
    );
    const more = Math.min(MORE_ROWS, shown.length - this.#rows);
    return html`
      <ul>
        ${shown.slice(0, this.#rows).map((device) => html`<li>${this.#row(device, now)}</li>`)}
      </ul>
      <div class="visually-hidden" aria-live="polite">
        ${words || this.#group ? this.say("found", { devices: shown.length }) : ""}
      </div>
      ${
        shown.length
          ? more > 0
            ? html`<button class="button plain more" @click=${this.#showMore}>
                ${this.say("more", { devices: formatNumber(this.hass, more, 0) })}
              </button>`
            : nothing
          : html`<p class="nothing secondary">${this.say("none_found")}</p>`
      }
    `;
  }

  #showFirst(): void {
    this.#rows = FIRST_ROWS;
    this.requestUpdate();
  }

  readonly #showMore = (): void => {
    this.#rows += MORE_ROWS;
    this.requestUpdate();
  };

  #row(device: FleetDevice, now: number): TemplateResult {
    return header({
      icon: "mdi:chip",
      ...lookOf(device, this.#feed.live),
      name: this.#nameOf(device),
      state: this.#feed.live
        ? statusText(this.hass, device, now)
        : this.sayShared(this.#feed.problem),
      aside: html`<span class="version secondary">
        ${device.product_version === undefined ? nothing : html`<bdi>v${device.product_version}</bdi>`}
        <bdi>${device.device_os ?? ""}</bdi>
      </span>`,
      // The page of a device is for administrators alone.
      ...(this.hass.user?.is_admin || this.config["device_views"]
        ? {
            action: () => {
              goTo(
                `${this.config["device_views"] ? "device-" : "/config/devices/device/"}${device.device_id}`,
              );
            },
          }
        : {}),
    });
  }

  #versions(devices: FleetDevice[]): TemplateResult {
    const versions = deviceOsVersions(devices);
    const most = Math.max(...versions.map(([, count]) => count));
    if (versions.length < 2) {
      return html``;
    }
    return html`<h3 class="part">${this.say("device_os")}</h3>
      <dl>
        ${versions.map(
          ([version, count]) =>
            html`<div>
              <dt>${version}</dt>
              <dd>
                <span class="bar" aria-hidden="true"
                  ><span class="used" style="width:${(count / most) * 100}%"></span
                ></span>
                <span class="value">${formatNumber(this.hass, count, 0)}</span>
              </dd>
            </div>`,
        )}
      </dl>`;
  }

  #operations(fleet: FleetObject, now: number): TemplateResult {
    const accounts = this.#accounts(fleet);
    return html`${accounts.map(([, account]) =>
      operationsPart(this.hass, account, now, accounts.length > 1),
    )}`;
  }

  #nothing(key: string): TemplateResult {
    return html`<ha-card>
      <div class="nothing">
        <ha-icon .icon=${"mdi:chip"}></ha-icon>
        <p>${this.say(key)}</p>
      </div>
    </ha-card>`;
  }
}

define("particle-fleet-card-content", FleetCardContent);

export const createContent: CardModule["createContent"] = () => new FleetCardContent();
