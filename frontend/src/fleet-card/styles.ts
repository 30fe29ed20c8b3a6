/** What only the fleet card looks like. */

import { css } from "lit";

export const fleetStyles = css`
  .summary {
    padding: 16px var(--particle-inset) 8px;
  }
  .count {
    font-size: 28px;
    line-height: 36px;
  }
  .chips {
    display: flex;
    gap: 8px;
    padding: 4px var(--particle-inset);
    overflow-x: auto;
  }
  .chip {
    flex: none;
  }
  .search {
    display: flex;
    padding: 4px var(--particle-inset);
  }
  .search ha-icon {
    color: var(--secondary-text-color);
  }
  ul {
    margin: 0;
    padding: 4px 6px;
    list-style: none;
  }
  li {
    content-visibility: auto;
    contain-intrinsic-size: auto 54px;
  }
  button.header:hover {
    background: var(--particle-fill);
  }
  .version {
    display: flex;
    flex: none;
    flex-direction: column;
    align-items: flex-end;
    font-size: 12px;
    line-height: 16px;
    letter-spacing: 0.4px;
  }
  .more {
    margin: 0 var(--particle-inset) 8px;
  }
  dl {
    margin: 0;
    padding: 0 var(--particle-inset) 8px;
  }
  dl > div {
    display: flex;
    align-items: center;
    gap: 12px;
    min-height: 28px;
  }
  dt {
    flex: none;
    min-width: 56px;
    font-size: 12px;
  }
  dd {
    display: flex;
    flex: 1;
    align-items: center;
    gap: 12px;
    margin: 0;
  }
  dd .value {
    min-width: 28px;
    text-align: end;
  }
  .bar {
    position: relative;
    flex: 1;
    height: 8px;
    overflow: hidden;
    border-radius: 4px;
    background: var(--divider-color);
  }
  .bar > span {
    position: absolute;
    inset-block: 0;
    inset-inline-start: 0;
    border-radius: 4px;
  }
  .bar .used {
    background: var(--state-icon-color);
  }
  .bar .expected {
    background: color-mix(in srgb, var(--state-icon-color) 35%, transparent);
  }
  .bar .beyond {
    inset-inline-end: 0;
    border-inline-start: 2px solid var(--card-background-color);
    border-radius: 0;
    background: color-mix(in srgb, var(--warning-color) 70%, transparent);
  }
  .operations {
    padding: 0 var(--particle-inset) 16px;
  }
  .operations .bar {
    margin-block: 6px;
  }
  .operations ha-icon {
    flex: none;
    color: var(--warning-color);
    --mdc-icon-size: 16px;
  }
  .figures {
    display: flex;
    flex-wrap: wrap;
    gap: 0 12px;
    justify-content: space-between;
    font-size: 12px;
    line-height: 16px;
  }
  .nothing {
    display: grid;
    gap: 8px;
    place-items: center;
    min-height: 112px;
    margin: 0;
    padding: 24px var(--particle-inset);
    text-align: center;
  }
  .nothing ha-icon {
    color: var(--secondary-text-color);
  }
  .nothing p {
    margin: 0;
  }
`;
