/** Styles of features: sizes and colours are those of Home Assistant's own. */

import { css } from "lit";

export const featureStyles = css`
  :host {
    display: flex;
    gap: var(--feature-button-spacing, 12px);
    height: var(--feature-height, 42px);
    --mdc-icon-size: 20px;
  }
  p {
    overflow: hidden;
    margin: 0;
    color: var(--secondary-text-color);
  }
  .button {
    flex: 1;
    min-width: 0;
    min-height: 0;
    container-type: inline-size;
    gap: 6px;
    padding: 0 4px;
    border-radius: var(--feature-border-radius, 12px);
    background: color-mix(in srgb, var(--disabled-color) 20%, transparent);
  }
  .button:focus-visible {
    outline-color: var(--feature-color);
  }
  [aria-disabled="true"] {
    cursor: default;
  }
  [aria-disabled="true"]:not(.running) :is(.name, ha-icon) {
    color: var(--disabled-text-color);
  }
  .who {
    flex: 0 1 auto;
  }
  .says {
    display: -webkit-box;
    overflow: hidden;
    font-size: 12px;
    font-weight: 400;
    line-height: 16px;
    white-space: normal;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 1;
  }
  .asking {
    background: color-mix(in srgb, var(--warning-color) 30%, transparent);
  }
  .failed {
    background: color-mix(in srgb, var(--error-color) 12%, transparent);
    text-align: start;
  }
  .failed ha-icon {
    color: var(--error-color);
  }
  :is(.asking, .failed) .says {
    -webkit-line-clamp: 2;
  }
  @container (width < 56px) {
    ha-icon + .who {
      display: none;
    }
  }
  [popover] {
    max-width: min(320px, 80vw);
    padding: 12px 16px;
    border: 1px solid var(--divider-color);
    border-radius: 12px;
    background: var(--card-background-color);
    color: inherit;
  }
`;
