/** What only the variable card looks like. */

import { css } from "lit";

export const variableStyles = css`
  .hero {
    display: grid;
    grid-template-columns: 1fr auto;
    gap: 4px 16px;
    align-items: baseline;
    padding: 0 var(--particle-inset) 8px;
  }
  .figure {
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .number {
    font-size: 40px;
    line-height: 48px;
  }
  .figure .unit {
    font-size: 20px;
  }
  .beside {
    gap: 4px;
    --mdc-icon-size: 16px;
  }
  .age {
    grid-column: 1 / -1;
  }
  .chart {
    flex: 1;
    min-height: 112px;
    --ha-card-border-width: 0;
    --ha-card-box-shadow: none;
    --ha-card-background: none;
  }
  .windows {
    display: flex;
    gap: 8px;
    padding: 0 var(--particle-inset) 8px;
  }
  .chip {
    flex: 1;
  }
  .foot {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 16px;
    padding: 6px var(--particle-inset);
    border-block-start: 1px solid var(--divider-color);
    font-size: 12px;
  }
`;
