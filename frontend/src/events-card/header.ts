/** The head of the log: what it is, whether it is live, and what it shows. */

import { html, nothing, type TemplateResult } from "lit";

import { mark } from "../freshness";
import { deviceName, type DeviceEntry, type HomeAssistant } from "../hass";
import { formatMomentExactly, formatNumber } from "../locale";
import { text } from "../localize";
import type { Filter } from "./filter";

export interface HeaderState {
  title: string | undefined;
  /** Why nothing comes in; nothing in words while that is not known yet. */
  problem: string | undefined;
  lostSince: string | undefined;
  isPaused: boolean;
  isFiltered: boolean;
  shown: number;
  all: number;
  held: number;
  onPause: () => void;
  onShow: () => void;
  onExport: (() => void) | undefined;
  onPublish: (() => void) | undefined;
}

const stateText = (hass: HomeAssistant, header: HeaderState): TemplateResult => {
  const say = (key: string, values?: Record<string, string>): string =>
    text(hass.localize, `events_card.${key}`, values);
  const number = (value: number): string => formatNumber(hass, value);
  if (header.problem !== undefined) {
    return html`${header.problem && say(header.problem)}`;
  }
  if (header.lostSince) {
    return html`${say("lost_since", {
      time: formatMomentExactly(hass, Date.parse(header.lostSince), Date.now()),
    })}`;
  }
  if (header.isPaused) {
    return html`${header.held ? say("paused_new", { count: number(header.held) }) : say("paused")}`;
  }
  if (header.isFiltered && header.shown <= header.all) {
    return html`${say("filtered", { shown: number(header.shown), all: number(header.all) })}`;
  }
  return html`${mark(1)}${say("live")}`;
};

const iconButton = (icon: string, label: string, onClick: () => void): TemplateResult =>
  html`<button class="button bare" title=${label} aria-label=${label} @click=${onClick}>
    <ha-icon .icon=${icon}></ha-icon>
  </button>`;

export const headerBar = (hass: HomeAssistant, header: HeaderState): TemplateResult => {
  const say = (key: string, values?: Record<string, string | number>): string =>
    text(hass.localize, `events_card.${key}`, values);
  const { title, isPaused, held, onPause, onShow, onExport, onPublish } = header;
  return html`<div class="bar">
    <div class="title">
      <h2>${title ? html`<bdi>${title}</bdi>` : say("events")}</h2>
      <span class="state">${stateText(hass, header)}</span>
    </div>
    ${
      held && !isPaused
        ? html`<button class="button strong pill" @click=${onShow}>
            <ha-icon icon="mdi:arrow-up"></ha-icon
            >${say("new", { count: formatNumber(hass, held) })}
          </button>`
        : nothing
    }
    ${onExport ? iconButton("mdi:download", say("export"), onExport) : nothing}
    ${onPublish ? iconButton("mdi:send-outline", say("publish"), onPublish) : nothing}
    ${iconButton(isPaused ? "mdi:play" : "mdi:pause", say(isPaused ? "resume" : "pause"), onPause)}
  </div>`;
};

const deviceChoice = (
  hass: HomeAssistant,
  chosen: string | undefined,
  devices: DeviceEntry[],
  onChange: (change: Partial<Filter>) => void,
): TemplateResult =>
  html`<span class="choice"
    ><select
      aria-label=${text(hass.localize, "events_card.device")}
      @change=${(event: Event) => {
        const { value } = event.target as HTMLSelectElement;
        onChange({ deviceId: value || undefined });
      }}
    >
      <option value="" ?selected=${chosen === undefined}>
        ${text(hass.localize, "events_card.all_devices")}
      </option>
      ${devices.map(
        (device) =>
          html`<option value=${device.id} ?selected=${chosen === device.id}>
            ${deviceName(device)}
          </option>`,
      )}
    </select>
    <ha-icon icon="mdi:menu-down"></ha-icon
  ></span>`;

export const searchBar = (
  hass: HomeAssistant,
  filter: Filter | undefined,
  devices: DeviceEntry[],
  onChange: (change: Partial<Filter>) => void,
): TemplateResult => {
  const say = (key: string): string => text(hass.localize, `events_card.${key}`);
  const isSystem = filter?.system ?? true;
  return html`<div class="search" role="search">
    <div class="field">
      <ha-icon icon="mdi:magnify"></ha-icon>
      <input
        .value=${filter?.text ?? ""}
        placeholder=${say("filter")}
        aria-label=${say("filter_label")}
        autocomplete="off"
        spellcheck="false"
        @input=${(event: Event) => {
          onChange({ text: (event.target as HTMLInputElement).value });
        }}
      />
      ${
        filter?.text
          ? html`<button
              class="button bare"
              aria-label=${say("clear")}
              @click=${() => {
                onChange({ text: "" });
              }}
            >
              <ha-icon icon="mdi:close"></ha-icon>
            </button>`
          : nothing
      }
    </div>
    ${devices.length > 1 ? deviceChoice(hass, filter?.deviceId, devices, onChange) : nothing}
    <button
      class="button"
      aria-pressed=${isSystem}
      aria-label=${say("system")}
      title=${say("system_hint")}
      @click=${() => {
        onChange({ system: !isSystem });
      }}
    >
      <ha-icon icon="mdi:chip"></ha-icon><span class="wordy">${say("system")}</span>
    </button>
  </div>`;
};
