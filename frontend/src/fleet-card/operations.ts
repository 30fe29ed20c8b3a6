/** What an account has used of its data operations. */

import { html, nothing, type TemplateResult } from "lit";

import type { HomeAssistant } from "../hass";
import { formatDate, formatNumber } from "../locale";
import { text } from "../localize";
import { usedUpAt, type Account } from "./fleet";

const percent = (part: number, whole: number): string =>
  `${String(whole > 0 ? Math.min(100, (part / whole) * 100) : 0)}%`;

/** Return the bar of an account; its name is shown where there are several. */
export const operationsPart = (
  hass: HomeAssistant,
  account: Account,
  now: number,
  isOneOfMany: boolean,
): TemplateResult => {
  const say = (key: string, values?: Record<string, string>): string =>
    text(hass.localize, `fleet_card.${key}`, values);
  const { used, forecast, allowance, refused_since: refusedSince } = account.operations;
  const number = (value: number): string => formatNumber(hass, value, 0);
  // The bar is as long as the larger of both, so that what lies beyond the allowance can be seen.
  const whole = Math.max(allowance, forecast, used);
  const end = usedUpAt(account.operations, now);
  let warning: string | undefined;
  if (refusedSince !== undefined) {
    warning = say("refused");
  } else if (used >= allowance) {
    warning = say("used_up");
  } else if (end !== undefined) {
    warning = say("used_up_on", { date: formatDate(hass, end, now) });
  }
  const figures = say("used_of", { used: number(used), allowance: number(allowance) });
  return html`
    <h3 class="part">
      ${say("operations")}${isOneOfMany ? html` · <bdi>${account.name}</bdi>` : nothing}
    </h3>
    <div class="operations">
      <div class="figures">
        <span>${figures}</span>
        <span class="secondary">${say("forecast", { forecast: number(forecast) })}</span>
      </div>
      <div class="bar" aria-hidden="true">
        <span class="expected" style="width:${percent(forecast, whole)}"></span>
        <span class="used" style="width:${percent(used, whole)}"></span>
        ${
          whole > allowance
            ? html`<span
                class="beyond"
                style="inset-inline-start:${percent(allowance, whole)}"
              ></span>`
            : nothing
        }
      </div>
      ${
        warning === undefined
          ? nothing
          : html`<div class="say"><ha-icon .icon=${"mdi:alert"}></ha-icon>${warning}</div>`
      }
    </div>
  `;
};
