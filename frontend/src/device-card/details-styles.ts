/** Styles of what a device card loads after its first picture. */

import { css } from "lit";

export const detailsStyles = css`
  .row.function {
    gap: 8px;
  }
  .row.function .who {
    flex: 1 1 96px;
  }
  .call {
    display: flex;
    flex: 0 1 176px;
    gap: 4px;
    min-width: 0;
  }
  .call .button {
    flex: none;
    min-width: 60px;
    padding: 0 12px;
  }
  .event {
    display: flex;
    align-items: center;
    gap: 16px;
    min-height: 40px;
    padding: 2px var(--particle-inset);
  }
  .event > .say {
    flex: none;
  }
  .tiles {
    --ha-card-border-width: 0;
    --ha-card-background: none;
    --ha-card-box-shadow: none;
  }
  .foot {
    display: flex;
    flex-wrap: wrap;
    gap: 0 16px;
    align-items: center;
    min-height: 48px;
    margin-block-start: auto;
    padding: 2px var(--particle-inset);
    border-block-start: 1px solid var(--divider-color);
    color: var(--secondary-text-color);
    font-size: 12px;
    line-height: 16px;
    letter-spacing: 0.4px;
  }
  .fact {
    display: inline-flex;
    gap: 6px;
    align-items: center;
    min-width: 0;
    min-height: 32px;
    white-space: nowrap;
    --mdc-icon-size: 16px;
  }
  .more {
    margin-inline: auto -12px;
    padding: 0;
    color: var(--secondary-text-color);
  }
  @container (max-width: 330px) {
    .row.function {
      flex-wrap: wrap;
    }
    .call {
      flex: 1 1 188px;
    }
  }
`;
