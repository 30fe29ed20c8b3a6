/** A function of a device as a row: its name, what it returned, an argument and a button. */

import { html, nothing, type TemplateResult } from "lit";

import { ageText, timeOf } from "../age";
import { formatNumber } from "../locale";
import type { FunctionCall } from "../snapshot";
import type { DetailedCard } from "./details";
import type { FunctionCalls } from "./functions";

export interface ShownFunction {
  card: DetailedCard;
  name: string;
  last: FunctionCall;
  calls: FunctionCalls;
  /** Whether it cannot be called now. */
  isBlocked: boolean;
  /** Whether the user may call it. */
  control: boolean;
  now: number;
}

// Particle's own limit for Device OS 3 and later, in bytes.
const MAX_ARGUMENT = 864;

const lastResult = ({ card, last, now }: ShownFunction): string => {
  const calledAt = timeOf(last.called_at);
  if (calledAt === undefined || last.return_value === undefined) {
    return "";
  }
  return card.say("returned", {
    value: formatNumber(card.hass, last.return_value),
    age: ageText(calledAt, now, card.hass.locale.language),
  });
};

const resultOf = (shown: ShownFunction): string => {
  const { card, calls, name } = shown;
  switch (calls.stateOf(name).kind) {
    case "running":
      return card.say("running");
    case "failed":
      // The note says what happened, and what may be so.
      return "";
    default:
      return lastResult(shown);
  }
};

const confirmation = ({ card, name, calls }: ShownFunction, argument: string): TemplateResult => {
  return html`<div class="note attention" role="alertdialog" aria-label=${card.say("confirm")}>
    <ha-icon .icon=${"mdi:help-circle-outline"}></ha-icon>
    <div>
      <p>${card.say("confirm")}</p>
      <p><bdi>${name}(${argument})</bdi> · ${card.say("cost")}</p>
      <button class="button" @click=${() => void calls.run(name, argument)}>
        ${card.say("run")}
      </button>
      <button
        class="button"
        @click=${() => {
          calls.cancel(name);
        }}
      >
        ${card.say("cancel")}
      </button>
    </div>
  </div>`;
};

const failure = (
  { card, name, calls, isBlocked }: ShownFunction,
  argument: string,
  message: string,
): TemplateResult =>
  html`<div class="note error" role="alert">
    <ha-icon .icon=${"mdi:alert-circle-outline"}></ha-icon>
    <div>
      <p>${message || card.say("failed")}</p>
      <button
        class="button"
        ?disabled=${isBlocked || calls.busy}
        @click=${() => void calls.run(name, argument)}
      >
        ${card.say("try_again")}
      </button>
    </div>
  </div>`;

const note = (shown: ShownFunction): TemplateResult | typeof nothing => {
  const state = shown.calls.stateOf(shown.name);
  switch (state.kind) {
    case "asking":
      return confirmation(shown, state.argument);
    case "failed":
      return failure(shown, state.argument, state.message);
    default:
      return nothing;
  }
};

const controls = ({ card, name, calls, isBlocked }: ShownFunction): TemplateResult => {
  const { kind } = calls.stateOf(name);
  const isDisabled = isBlocked || calls.busy || kind === "asking";
  return html`<form
    class="call"
    @submit=${(event: SubmitEvent) => {
      event.preventDefault();
      calls.start(name);
    }}
  >
    <span class="field">
      <input
        .value=${calls.argumentOf(name)}
        @input=${({ target }: InputEvent) => {
          calls.setArgument(name, (target as HTMLInputElement).value);
        }}
        dir="auto"
        autocomplete="off"
        autocapitalize="off"
        spellcheck="false"
        maxlength=${MAX_ARGUMENT}
        placeholder=${card.say("argument")}
        aria-label=${card.say("argument_of", { function: name })}
        ?disabled=${isDisabled}
      />
    </span>
    <button
      class="button"
      type="submit"
      aria-label=${card.say("run_function", { function: name })}
      aria-busy=${kind === "running"}
      ?disabled=${isDisabled}
    >
      ${kind === "running" ? html`<span class="spinner"></span>` : card.say("run")}
    </button>
  </form>`;
};

/** Return the row, with a note under it where there is something to say or to ask. */
export const functionRow = (shown: ShownFunction): TemplateResult =>
  html`<div class="row function">
      <span class="who">
        <span class="name"><bdi>${shown.name}</bdi></span>
        <span class="say secondary" aria-live="polite">${resultOf(shown)}</span>
      </span>
      ${shown.control ? controls(shown) : nothing}
    </div>
    ${note(shown)}`;
