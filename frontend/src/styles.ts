/** Sizes, type and colours that all cards share; colours are those of the theme alone. */

import { css } from "lit";

export const sharedStyles = css`
  :host {
    --particle-inset: 16px;
    --particle-gap: 8px;
    --particle-row: 48px;
    --particle-target: 44px;
    --particle-radius: 12px;
    --particle-tint: var(--state-icon-color);
    --particle-fill: color-mix(in srgb, var(--primary-text-color) 6%, transparent);
    --particle-fill-hover: color-mix(in srgb, var(--primary-text-color) 10%, transparent);
    display: block;
    height: 100%;
    color: var(--primary-text-color);
    font-size: 14px;
    line-height: 20px;
    font-variant-numeric: tabular-nums;
    -webkit-font-smoothing: antialiased;
  }
  * {
    box-sizing: border-box;
  }
  ha-card {
    display: flex;
    flex-direction: column;
    height: 100%;
    overflow: hidden;
    container-type: inline-size;
  }
  .live {
    --particle-tint: var(--state-icon-color);
  }
  .quiet {
    --particle-tint: var(--secondary-text-color);
  }
  .busy {
    --particle-tint: var(--primary-color);
  }
  .warning {
    --particle-tint: var(--warning-color);
  }

  /* Header: one tile row */
  .header {
    display: flex;
    align-items: center;
    gap: 10px;
    width: 100%;
    min-height: 54px;
    padding: 9px 10px;
    border: 0;
    border-radius: var(--ha-card-border-radius, 12px);
    background: none;
    color: inherit;
    font: inherit;
    text-align: start;
  }
  button.header {
    cursor: pointer;
  }
  a.header {
    text-decoration: none;
  }
  button.header {
    cursor: pointer;
  }
  .face {
    position: relative;
    display: grid;
    flex: none;
    place-items: center;
    width: 36px;
    height: 36px;
    border-radius: 50%;
    color: var(--particle-tint);
    background: color-mix(in srgb, var(--particle-tint) 20%, transparent);
    --mdc-icon-size: 24px;
  }
  .badge {
    position: absolute;
    inset-block-start: -3px;
    inset-inline-end: -3px;
    display: grid;
    place-items: center;
    width: 16px;
    height: 16px;
    border-radius: 50%;
    color: var(--card-background-color);
    background: var(--particle-tint);
    --mdc-icon-size: 12px;
  }
  .who {
    flex: 1;
    min-width: 0;
  }
  .name,
  .ellipsis {
    display: block;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .name {
    font-weight: 500;
    letter-spacing: 0.1px;
  }
  .say {
    display: flex;
    align-items: center;
    gap: 6px;
    min-width: 0;
    font-size: 12px;
    line-height: 16px;
    letter-spacing: 0.4px;
  }
  .secondary {
    color: var(--secondary-text-color);
  }
  .disc {
    flex: none;
    width: 8px;
    height: 8px;
    margin: 1px;
    border-radius: 50%;
    background: var(--success-color);
  }

  /* Values: what is not live is set back, and never in the colour of what is */
  .value {
    direction: ltr;
    unicode-bidi: isolate;
    white-space: nowrap;
  }
  .unit {
    margin-inline-start: 3px;
    color: var(--secondary-text-color);
  }
  .stale .value {
    color: var(--secondary-text-color);
    font-weight: 400;
  }
  .trend {
    display: block;
    width: 100%;
    height: 32px;
    overflow: visible;
    fill: none;
  }
  .trend path {
    vector-effect: non-scaling-stroke;
  }
  .trend .line {
    stroke: var(--state-icon-color);
    stroke-width: 2;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .trend .area {
    fill: var(--state-icon-color);
    opacity: 0.12;
  }
  .trend .gap {
    stroke: var(--secondary-text-color);
    stroke-width: 1.5;
    stroke-dasharray: 1 5;
    stroke-linecap: round;
  }
  .trend .on {
    fill: var(--state-icon-color);
  }
  .trend .off {
    fill: var(--divider-color);
  }
  .stale .trend .line {
    stroke: var(--secondary-text-color);
    opacity: 0.7;
  }
  .stale .trend .area,
  .stale .trend .on {
    fill: var(--secondary-text-color);
  }

  /* Groups, notes, buttons */
  .part {
    min-height: 32px;
    margin: 0;
    padding: 8px var(--particle-inset) 0;
    color: var(--secondary-text-color);
    font-size: 12px;
    font-weight: 500;
    line-height: 16px;
    letter-spacing: 0.4px;
  }
  .note {
    display: flex;
    gap: 16px;
    margin: 4px 8px 8px;
    padding: 10px 8px;
    border-radius: 8px;
    background: color-mix(in srgb, var(--particle-tone, var(--state-icon-color)) 12%, transparent);
  }
  .note > ha-icon {
    flex: none;
    margin-block: -2px;
    color: var(--particle-tone, var(--state-icon-color));
  }
  .note p {
    margin: 0;
    overflow-wrap: anywhere;
  }
  .note p + p {
    margin-block-start: 4px;
    font-size: 12px;
    line-height: 16px;
    letter-spacing: 0.4px;
  }
  .note.error {
    --particle-tone: var(--error-color);
  }
  .note.attention {
    --particle-tone: var(--warning-color);
  }
  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 8px;
    min-width: var(--particle-target);
    min-height: var(--particle-target);
    padding: 0 16px;
    border: 0;
    border-radius: var(--particle-radius);
    background: var(--particle-fill);
    color: inherit;
    font: inherit;
    font-weight: 500;
    white-space: nowrap;
    cursor: pointer;
    transition: background-color 180ms ease-in-out;
  }
  .button:hover {
    background: var(--particle-fill-hover);
  }
  .button.strong {
    background: color-mix(in srgb, var(--primary-color) 20%, transparent);
  }
  .button.plain {
    background: none;
  }
  .button:disabled {
    opacity: 0.45;
    cursor: default;
  }
  .note .button {
    margin-block-start: 8px;
    background: color-mix(in srgb, var(--particle-tone) 20%, transparent);
  }
  .chip {
    min-width: var(--particle-target);
    min-height: var(--particle-target);
    padding: 0 14px;
    border: 0;
    border-radius: 22px;
    background: none;
    color: inherit;
    font: inherit;
    cursor: pointer;
  }
  .chip:hover {
    background: var(--particle-fill);
  }
  .chip[aria-pressed="true"] {
    background: color-mix(in srgb, var(--primary-color) 20%, transparent);
    font-weight: 500;
  }
  .empty {
    display: flex;
    flex-direction: column;
    gap: 4px;
    align-items: center;
    padding: 16px 24px 24px;
    color: var(--secondary-text-color);
    text-align: center;
    text-wrap: balance;
  }
  .field {
    display: flex;
    flex: 1;
    align-items: center;
    gap: 8px;
    min-width: 0;
    min-height: var(--particle-target);
    padding: 0 12px;
    border-radius: var(--particle-radius);
    background: var(--particle-fill);
  }
  .field:focus-within {
    outline: 2px solid var(--primary-color);
  }
  .field input {
    flex: 1;
    width: 100%;
    min-width: 0;
    height: var(--particle-target);
    padding: 0;
    border: 0;
    outline: none;
    background: none;
    color: inherit;
    font: inherit;
  }
  .field input::placeholder {
    color: var(--secondary-text-color);
    opacity: 1;
  }
  .spinner {
    width: 20px;
    height: 20px;
    border: 2px solid var(--divider-color);
    border-block-start-color: var(--primary-color);
    border-radius: 50%;
    animation: particle-spin 900ms linear infinite;
  }
  @keyframes particle-spin {
    to {
      transform: rotate(1turn);
    }
  }
  .visually-hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .mirror:dir(rtl) {
    transform: scaleX(-1);
  }
  :focus-visible {
    outline: 2px solid var(--primary-color);
    outline-offset: -2px;
  }
  .button:focus-visible {
    outline-offset: 1px;
  }
  @media (prefers-reduced-motion: reduce) {
    .spinner {
      border-inline-color: var(--primary-color);
      animation: none;
    }
    .button {
      transition: none;
    }
  }
`;
