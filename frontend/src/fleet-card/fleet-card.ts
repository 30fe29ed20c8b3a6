/** The content of `particle-fleet-card`: all devices at a glance. */

import { html, LitElement, nothing, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { styleMap } from "lit/directives/style-map.js";

import { ageText, timeOf } from "../age";
import type { CardContent, CardModule } from "../card";
import { Clock } from "../clock";
import { Feed } from "../feed";
import { deviceName, type CardConfig, type HomeAssistant } from "../hass";
import { formatMoment, formatNumber } from "../locale";
import { text } from "../localize";
import { define } from "../registry";
import { DISCONNECTED, LOOKS, statusText } from "../status";
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

class FleetCardContent extends LitElement implements CardContent {
  static override styles = [sharedStyles, fleetStyles];

  @property({ attribute: false }) config!: CardConfig;
  @property({ attribute: false }) hass!: HomeAssistant;
  @property({ type: Boolean }) preview = false;

  @state() private group: Group | undefined;
  @state() private search = "";
  @state() private rows = FIRST_ROWS;

  private readonly feed = new Feed<FleetObject>(this, () => ({ type: "particle/fleet/subscribe" }));

  constructor() {
    super();
    new Clock(this);
  }

  protected override render(): TemplateResult {
    const { feed } = this;
    const fleet = feed.object;
    if (!fleet) {
      return html`<ha-card> ${feed.error ? this.note("no_account") : this.loading()} </ha-card>`;
    }
    const devices = this.chosen(sortedDevices(fleet, this.hass.locale.language));
    if (!devices.length) {
      return html`<ha-card>${feed.live ? this.note("no_devices") : this.loading()}</ha-card>`;
    }
    const now = Date.now();
    return html`<ha-card class=${feed.live ? "" : "stale"}>
      ${this.summary(fleet, devices, now)} ${this.chips(devices)}
      ${devices.length > SEARCH_FROM ? this.searchField() : nothing} ${this.list(devices, now)}
      ${this.config["versions"] === false ? nothing : this.versions(devices)}
      ${this.config["operations"] === false ? nothing : this.operations(fleet, now)}
    </ha-card>`;
  }

  private say(key: string, values?: Record<string, string | number>): string {
    return text(this.hass.localize, `fleet_card.${key}`, values);
  }

  /** Return the devices that the card is about. */
  private chosen(devices: FleetDevice[]): FleetDevice[] {
    const { config_entry_id: entryId, areas } = this.config;
    const areaIds = Array.isArray(areas) && areas.length ? new Set(areas) : undefined;
    return devices.filter(
      (device) =>
        (!entryId || device.config_entry_id === entryId) &&
        (!areaIds || areaIds.has(this.hass.devices[device.device_id]?.area_id)),
    );
  }

  private nameOf(device: FleetDevice): string {
    const registered = this.hass.devices[device.device_id];
    const name = registered ? deviceName(registered) : "";
    return name === "" ? device.name : name;
  }

  private summary(fleet: FleetObject, devices: FleetDevice[], now: number): TemplateResult {
    const online = devices.filter((device) => groupOf(device) === "online").length;
    const number = (value: number): string => formatNumber(this.hass, value, 0);
    return html`<div class="summary">
      <div>
        <span class="count value">${this.feed.live ? number(online) : "–"}</span>
        <span class="secondary">${this.say("of_online", { devices: number(devices.length) })}</span>
      </div>
      <div class="say secondary">
        <span class="ellipsis">${this.remark(fleet, devices, now)}</span>
      </div>
    </div>`;
  }

  /** Return what is worth a line beside the count. */
  private remark(fleet: FleetObject, devices: FleetDevice[], now: number): string {
    if (!this.feed.live) {
      return text(this.hass.localize, "cards.disconnected");
    }
    const interrupted = interruptedSince(this.accounts(fleet));
    if (interrupted !== undefined) {
      return this.say("interrupted", { time: formatMoment(this.hass, interrupted, now) });
    }
    const oldest = oldestHeard(devices);
    const time = timeOf(oldest?.heard_at);
    return oldest && time !== undefined && now - time > LONG_AGO_MS
      ? this.say("oldest", {
          device: this.nameOf(oldest),
          age: ageText(time, now, this.hass.locale.language),
        })
      : "";
  }

  private accounts(fleet: FleetObject): [id: string, account: Account][] {
    const { config_entry_id: entryId } = this.config;
    return accountsOf(fleet).filter(([id]) => !entryId || id === entryId);
  }

  private chips(devices: FleetDevice[]): TemplateResult {
    const counts = new Map<Group, number>();
    for (const device of devices) {
      const group = groupOf(device);
      counts.set(group, (counts.get(group) ?? 0) + 1);
    }
    const chip = (group: Group | undefined, count: number): TemplateResult =>
      html`<button
        class="chip"
        aria-pressed=${this.group === group ? "true" : "false"}
        @click=${(): void => {
          this.group = group;
          this.rows = FIRST_ROWS;
        }}
      >
        ${this.say(group ?? "all")}
        <span class="secondary">${formatNumber(this.hass, count, 0)}</span>
      </button>`;
    return html`<div class="chips" role="group" aria-label=${this.say("filter")}>
      ${chip(undefined, devices.length)}
      ${GROUPS.filter((group) => counts.has(group) || group === this.group).map((group) =>
        chip(group, counts.get(group) ?? 0),
      )}
    </div>`;
  }

  private searchField(): TemplateResult {
    return html`<div class="search">
      <label class="field">
        <ha-icon .icon=${"mdi:magnify"}></ha-icon>
        <input
          type="search"
          .value=${this.search}
          placeholder=${this.say("search")}
          aria-label=${this.say("search")}
          @input=${(event: Event): void => {
            this.search = (event.target as HTMLInputElement).value;
            this.rows = FIRST_ROWS;
          }}
        />
      </label>
    </div>`;
  }

  private list(devices: FleetDevice[], now: number): TemplateResult {
    const words = this.search.trim().toLocaleLowerCase();
    const shown = devices.filter(
      (device) =>
        (!this.group || groupOf(device) === this.group) &&
        (!words || this.nameOf(device).toLocaleLowerCase().includes(words)),
    );
    const more = Math.min(MORE_ROWS, shown.length - this.rows);
    return html`
      <ul>
        ${repeat(
          shown.slice(0, this.rows),
          ({ device_id: deviceId }) => deviceId,
          (device) => html`<li>${this.row(device, now)}</li>`,
        )}
      </ul>
      <div class="visually-hidden" aria-live="polite">
        ${words || this.group ? this.say("found", { devices: shown.length }) : ""}
      </div>
      ${
        shown.length
          ? more > 0
            ? html`<button class="button plain more" @click=${this.showMore}>
                ${this.say("more", { devices: formatNumber(this.hass, more, 0) })}
              </button>`
            : nothing
          : html`<p class="nothing secondary">${this.say("none_found")}</p>`
      }
    `;
  }

  private readonly showMore = (): void => {
    this.rows += MORE_ROWS;
  };

  private row(device: FleetDevice, now: number): TemplateResult {
    const look = this.feed.live ? LOOKS[device.state] : DISCONNECTED;
    const tone = device.state === "online" && device.answering === false ? "warning" : look.tone;
    const name = this.nameOf(device);
    const status = this.feed.live
      ? statusText(this.hass, device, now)
      : text(this.hass.localize, "cards.disconnected");
    const content = html`
      <span class="face">
        <ha-icon .icon=${"mdi:chip"}></ha-icon>
        ${look.badge ? html`<span class="badge"><ha-icon .icon=${look.badge}></ha-icon></span>` : nothing}
      </span>
      <span class="who">
        <span class="name"><bdi>${name}</bdi></span>
        <span class="say"><span class="ellipsis">${status}</span></span>
      </span>
      <span class="version secondary">
        ${device.product_version === undefined ? nothing : html`<bdi>v${device.product_version}</bdi>`}
        <bdi>${device.device_os ?? ""}</bdi>
      </span>
    `;
    // The page of a device is for administrators alone.
    return this.hass.user?.is_admin
      ? html`<button
          class="header ${tone}"
          @click=${(): void => {
            this.open(device);
          }}
        >
          ${content}
        </button>`
      : html`<div class="header ${tone}">${content}</div>`;
  }

  /** Go to the device's page, as Home Assistant's own links do. */
  private open({ device_id: deviceId }: FleetDevice): void {
    history.pushState(null, "", `/config/devices/device/${deviceId}`);
    window.dispatchEvent(new CustomEvent("location-changed", { detail: { replace: false } }));
  }

  private versions(devices: FleetDevice[]): TemplateResult {
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
                  ><span
                    class="used"
                    style=${styleMap({ width: `${String((count / most) * 100)}%` })}
                  ></span
                ></span>
                <span class="value">${formatNumber(this.hass, count, 0)}</span>
              </dd>
            </div>`,
        )}
      </dl>`;
  }

  private operations(fleet: FleetObject, now: number): TemplateResult {
    const accounts = this.accounts(fleet);
    return html`${accounts.map(([, account]) =>
      operationsPart(this.hass, account, now, accounts.length > 1),
    )}`;
  }

  private note(key: string): TemplateResult {
    return html`<div class="nothing">
      <ha-icon .icon=${"mdi:chip"}></ha-icon>
      <p>${this.say(key)}</p>
    </div>`;
  }

  private loading(): TemplateResult {
    return html`<div class="nothing" aria-busy="true">
      <span class="visually-hidden">${text(this.hass.localize, "cards.loading")}</span>
    </div>`;
  }
}

define("particle-fleet-card-content", FleetCardContent);

export const createContent: CardModule["createContent"] = () => new FleetCardContent();

export const configForm: CardModule["configForm"] = () => ({
  schema: [
    { name: "config_entry_id", selector: { config_entry: { integration: "particle" } } },
    { name: "areas", selector: { area: { multiple: true } } },
    { name: "versions", default: true, selector: { boolean: {} } },
    { name: "operations", default: true, selector: { boolean: {} } },
  ],
  computeLabel: ({ name }, localize) => text(localize, `editor.${name}`),
});

export const stubConfig: CardModule["stubConfig"] = () => ({ versions: true, operations: true });
