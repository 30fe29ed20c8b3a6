/** The look of an event that is open. */

import { css } from "lit";

export const toolsStyles = css`
  .payload {
    position: relative;
    margin: 0 8px;
    border-radius: 8px;
    background: var(--card-background-color);
    color: var(--secondary-text-color);
  }
  pre {
    min-height: 44px;
    max-height: 400px;
    margin: 0;
    padding-block: 12px;
    padding-inline: 12px 52px;
    overflow: auto;
    font: 12px / 20px var(--ha-font-family-code, monospace);
    overflow-wrap: anywhere;
    white-space: pre-wrap;
  }
  pre b {
    color: var(--primary-text-color);
    font-weight: 400;
  }
  .words {
    font-family: var(--ha-font-family-body, inherit);
  }
  .copy {
    position: absolute;
    inset-block-start: 0;
    inset-inline-end: 0;
  }
  .copy ha-icon {
    --mdc-icon-size: 20px;
  }
  .fact,
  .outcome {
    margin: 0;
    padding: 8px 16px 0;
    color: var(--secondary-text-color);
    font-size: 12px;
    line-height: 16px;
    letter-spacing: 0.4px;
  }
  .outcome {
    padding: 0 16px 12px;
    color: var(--primary-text-color);
  }
  .bad {
    border-inline-start: 3px solid var(--error-color);
    margin-inline: 8px;
    padding-inline: 8px;
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    padding: 8px;
  }
  .actions .button {
    padding: 0 12px;
  }
`;
