/** Sizes, type and colours that all cards share; colours are those of the theme alone. */

import { css } from "lit";

export const sharedStyles = css`
  :host {
    --particle-inset: 16px;
    --particle-gap: 8px;
    --particle-row: 48px;
    --particle-target: 44px;
    --particle-radius: 12px;
    --particle-accent: var(--state-icon-color);
    --particle-fill: color-mix(in srgb, var(--primary-text-color) 6%, transparent);
    display: block;
    height: 100%;
    color: var(--primary-text-color);
    font-size: 14px;
    line-height: 20px;
    font-variant-numeric: tabular-nums;
  }
  ha-card {
    height: 100%;
    box-sizing: border-box;
    overflow: hidden;
  }
  .header {
    display: flex;
    align-items: center;
    gap: 10px;
    min-height: 54px;
    padding: 0 10px;
  }
  .name {
    overflow: hidden;
    font-weight: 500;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .note {
    margin: 0;
    padding: var(--particle-inset);
    color: var(--secondary-text-color);
  }
  :focus-visible {
    outline: 2px solid var(--primary-color);
    outline-offset: 2px;
  }
`;
