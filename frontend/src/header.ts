/** The first row of a card: icon, name and state, as on Home Assistant's tiles. */

import { html, nothing, type TemplateResult } from "lit";

import type { Tone } from "./status";

export interface Header {
  icon: string;
  badge?: string | undefined;
  tone: Tone;
  name: string;
  /** What is said under the name. */
  state: string | TemplateResult;
  /** A fresh value has a disc before its state. */
  fresh?: boolean;
  /** Where the header leads, and what screen readers say of it. */
  action?: { label: string; run: () => void } | undefined;
}

const content = ({ icon, badge, name, state, fresh }: Header): TemplateResult => html`
  <span class="face">
    <ha-icon .icon=${icon}></ha-icon>
    ${badge ? html`<span class="badge"><ha-icon .icon=${badge}></ha-icon></span>` : nothing}
  </span>
  <span class="who">
    <bdi class="name">${name}</bdi>
    <span class="say">
      ${fresh ? html`<span class="disc"></span>` : nothing}<span class="ellipsis">${state}</span>
    </span>
  </span>
`;

/** Return the header; a button if it leads somewhere. */
export const header = (shown: Header): TemplateResult =>
  shown.action
    ? html`<button
        class="header ${shown.tone}"
        aria-label=${shown.action.label}
        @click=${shown.action.run}
      >
        ${content(shown)}
      </button>`
    : html`<div class="header ${shown.tone}">${content(shown)}</div>`;
