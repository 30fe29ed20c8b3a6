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
  .ellipsis {
    display: block;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .secondary {
    color: var(--secondary-text-color);
  }
  .mark {
    flex: none;
    width: 10px;
    height: 10px;
    border-radius: 50%;
    background: conic-gradient(
      var(--success-color) var(--particle-left),
      var(--secondary-text-color) 0
    );
    mask: radial-gradient(closest-side, transparent calc(100% - 1.5px), #000 0);
  }
  .disc {
    padding: 1px;
    background: var(--success-color) content-box;
    mask: none;
  }

  /* Values: what is not live is set back, and never in the colour of what is */
  .value {
    direction: ltr;
    unicode-bidi: isolate;
    white-space: nowrap;
  }
  .stale .value {
    color: var(--secondary-text-color);
    font-weight: 400;
  }

  /* Groups, notes, buttons */
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
  @keyframes particle-appear {
    to {
      opacity: 1;
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
  :focus-visible {
    outline: 2px solid var(--primary-color);
    outline-offset: -2px;
  }
  .button:focus-visible {
    outline-offset: 1px;
  }
  @media (prefers-reduced-motion: reduce) {
    .button {
      transition: none;
    }
  }
`;
