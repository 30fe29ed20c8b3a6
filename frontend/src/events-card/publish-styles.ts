/** The look of the form that publishes an event. */

import { css } from "lit";

export const publishStyles = css`
  :host {
    flex: none;
    height: auto;
    padding: 0 12px 8px;
  }
  form {
    display: grid;
    gap: 8px;
    padding: 12px;
    border-radius: var(--particle-radius);
    background: var(--particle-fill);
  }
  label {
    display: grid;
    gap: 4px;
    color: var(--secondary-text-color);
    font-size: 12px;
    line-height: 16px;
    letter-spacing: 0.4px;
  }
  .box {
    width: 100%;
    min-height: var(--particle-target);
    padding: 11px 12px;
    border: 0;
    border-radius: 8px;
    background: var(--card-background-color);
    color: var(--primary-text-color);
    font: 14px / 20px var(--ha-font-family-body, inherit);
    letter-spacing: 0;
    resize: vertical;
  }
  p {
    margin: 0;
    font-size: 12px;
    line-height: 16px;
    letter-spacing: 0.4px;
    overflow-wrap: anywhere;
  }
  p:empty {
    display: none;
  }
  .actions {
    display: flex;
    gap: 8px;
  }
  .failure {
    padding-inline-start: 8px;
    border-inline-start: 3px solid var(--error-color);
  }
`;
