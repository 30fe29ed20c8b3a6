/** What is shown of an event that is open: all that it carries, and what can be done with it. */

import { html, nothing, type TemplateResult } from "lit";

import type { HomeAssistant } from "../hass";
import { text } from "../localize";
import type { LogEvent } from "./event";
import type { EventFormat } from "./format";
import { formatJson } from "./json-format";
import type { Payload } from "./payload";

/** The clocks of Home Assistant and of Particle, and the way of an event, may differ by so much. */
const SAME_TIME_MS = 10_000;

export interface DetailActions {
  copy: (event: LogEvent) => void;
  replay: (event: LogEvent) => void;
  automate: (event: LogEvent) => void;
}

/** What the last action on an event led to. */
export interface Outcome {
  event: LogEvent;
  busy?: boolean;
  copied?: boolean;
  message?: string;
  isError?: boolean;
}

const shownPayload = (
  hass: HomeAssistant,
  payload: Payload,
  { formatBytes, tokensOf }: EventFormat,
): unknown => {
  switch (payload.kind) {
    case "none":
      return html`<span class="words">${text(hass.localize, "events_card.no_data")}</span>`;
    case "text":
      return payload.text;
    case "json":
      return formatJson(tokensOf(payload.text)).map((token) =>
        token.isValue ? html`<b>${token.text}</b>` : token.text,
      );
    case "binary":
      return html`<span class="words"
          >${text(hass.localize, "events_card.binary_of_type", {
            size: formatBytes(hass, payload.bytes),
            type: payload.type,
          })}</span
        >${"\n"}${payload.start}${payload.bytes > (payload.start.length + 1) / 3 ? " …" : nothing}`;
  }
};

const publishedAt = (
  hass: HomeAssistant,
  event: LogEvent,
  now: number,
  { formatEventTime }: EventFormat,
): unknown => {
  const time = event.published_at ? Date.parse(event.published_at) : NaN;
  if (!(Math.abs(time - Date.parse(event.received_at)) > SAME_TIME_MS)) {
    return nothing;
  }
  return html`<p class="fact">
    ${text(hass.localize, "events_card.published_at", { time: formatEventTime(hass, time, now) })}
  </p>`;
};

export const eventDetail = (
  hass: HomeAssistant,
  event: LogEvent,
  now: number,
  outcome: Outcome | undefined,
  { copy, replay, automate }: DetailActions,
  format: EventFormat,
): TemplateResult => {
  const say = (key: string): string => text(hass.localize, `events_card.${key}`);
  const copied = outcome?.copied === true;
  return html`<div class="payload" dir="ltr">
      ${
        event.data
          ? html`<button
              class="button bare copy"
              title=${say(copied ? "copied" : "copy")}
              aria-label=${say(copied ? "copied" : "copy")}
              @click=${() => {
                copy(event);
              }}
            >
              <ha-icon icon=${copied ? "mdi:check" : "mdi:content-copy"}></ha-icon>
            </button>`
          : nothing
      }
      <pre dir="auto">${shownPayload(hass, format.readPayload(event.data), format)}</pre>
    </div>
    ${publishedAt(hass, event, now, format)}
    <div class="actions">
      ${
        hass.user?.is_admin
          ? html`<button
              class="button"
              @click=${() => {
                automate(event);
              }}
            >
              <ha-icon icon="mdi:robot-outline"></ha-icon>${say("make_automation")}
            </button>`
          : nothing
      }
      ${
        event.may_replay
          ? html`<button
              class="button"
              title=${say("replay_hint")}
              ?disabled=${outcome?.busy === true}
              @click=${() => {
                replay(event);
              }}
            >
              <ha-icon icon="mdi:replay"></ha-icon>${say("replay")}
            </button>`
          : nothing
      }
    </div>
    ${
      outcome?.message
        ? html`<p
            class="outcome ${outcome.isError ? "bad" : ""}"
            role=${outcome.isError ? "alert" : nothing}
          >
            ${outcome.message}
          </p>`
        : nothing
    }`;
};
