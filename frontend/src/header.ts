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
  /** How old the state is, as a shape. */
  mark?: TemplateResult | undefined;
  /** What stands at the end of the row. */
  aside?: TemplateResult;
  /** Where the header leads. */
  href?: string | undefined;
  /** What a press does, where it leads to no page. */
  action?: () => void;
}

const content = ({ icon, badge, name, state, mark, aside }: Header): TemplateResult => html`
  <span class="face">
    <ha-icon .icon=${icon}></ha-icon>
    ${badge ? html`<span class="badge"><ha-icon .icon=${badge}></ha-icon></span>` : nothing}
  </span>
  <span class="who">
    <span class="name"><bdi>${name}</bdi></span>
    <span class="say">${mark}<span class="ellipsis">${state}</span></span>
  </span>
  ${aside}
`;

/** Return the header; a link or a button if it leads somewhere. */
export const header = (shown: Header): TemplateResult => {
  if (shown.href !== undefined) {
    return html`<a class="header ${shown.tone}" href=${shown.href}>${content(shown)}</a>`;
  }
  return shown.action
    ? html`<button class="header ${shown.tone}" @click=${shown.action}>${content(shown)}</button>`
    : html`<div class="header ${shown.tone}">${content(shown)}</div>`;
};
