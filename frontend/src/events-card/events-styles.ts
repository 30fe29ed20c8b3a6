/** The look of the log. */

import { css } from "lit";

export const eventsStyles = css`
  .bar {
    display: flex;
    flex: none;
    align-items: center;
    gap: 4px;
    min-height: 54px;
    padding-block: 5px;
    padding-inline: var(--particle-inset) 6px;
  }
  .title {
    display: flex;
    flex: 1;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 0 8px;
    min-width: 0;
  }
  h2 {
    max-width: 100%;
    margin: 0;
    overflow: hidden;
    font-size: 16px;
    font-weight: 500;
    line-height: 24px;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .state {
    display: inline-flex;
    gap: 6px;
    align-items: center;
    min-width: 0;
    color: var(--secondary-text-color);
    font-size: 12px;
    line-height: 16px;
    letter-spacing: 0.4px;
  }
  .bare {
    flex: none;
    width: var(--particle-target);
    padding: 0;
    background: none;
    color: var(--secondary-text-color);
  }
  .bare:hover {
    background: var(--particle-fill);
  }
  .pill {
    flex: none;
    padding: 0 12px;
    border-radius: 9999px;
  }
  .search {
    display: flex;
    flex: none;
    gap: 8px;
    padding: 0 12px 8px;
  }
  .search .field {
    flex: 1 1 112px;
  }
  .field ha-icon,
  .button ha-icon {
    flex: none;
    --mdc-icon-size: 20px;
  }
  .bare ha-icon {
    --mdc-icon-size: 24px;
  }
  .field ha-icon,
  .button:not(.strong) ha-icon {
    color: var(--secondary-text-color);
  }
  .strong ha-icon {
    color: var(--primary-color);
  }
  .field .bare {
    margin-inline-end: -12px;
  }
  select {
    appearance: none;
    width: 100%;
    min-width: 0;
    height: var(--particle-target);
    padding-inline: 12px 32px;
    border: 0;
    border-radius: var(--particle-radius);
    background: var(--particle-fill);
    color: inherit;
    font: inherit;
    font-weight: 500;
    text-overflow: ellipsis;
    cursor: pointer;
  }
  option {
    background: var(--card-background-color);
    color: var(--primary-text-color);
  }
  .choice {
    position: relative;
    display: flex;
    flex: 0 1 128px;
    min-width: 0;
  }
  .choice ha-icon {
    position: absolute;
    inset-block-start: 12px;
    inset-inline-end: 8px;
    color: var(--secondary-text-color);
    pointer-events: none;
    --mdc-icon-size: 20px;
  }
  /* Chosen is filled, not chosen is not: never told by hue alone. */
  .button[aria-pressed="false"] {
    background: none;
    color: var(--secondary-text-color);
    font-weight: 400;
  }
  .button[aria-pressed="true"] ha-icon {
    color: var(--primary-color);
  }
  .button[aria-pressed="true"] {
    background: color-mix(in srgb, var(--primary-color) 20%, transparent);
  }
  .search .button {
    padding: 0 12px;
  }
  .held {
    flex: none;
    padding: 0 12px 8px;
  }
  .held .button {
    width: 100%;
  }
  .log {
    position: relative;
    flex: 1 1 400px;
    min-height: 104px;
    overflow: hidden auto;
    overflow-anchor: none;
    overscroll-behavior: contain;
    contain: strict;
  }
  .space {
    position: relative;
    width: 100%;
  }
  article {
    position: absolute;
    inset: 0 0 auto;
    contain: layout style;
  }
  .line {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    align-content: center;
    align-items: baseline;
    column-gap: 12px;
    width: 100%;
    height: 52px;
    padding: 0 var(--particle-inset);
    overflow: hidden;
    border: 0;
    background: none;
    color: inherit;
    font: inherit;
    text-align: start;
    cursor: pointer;
  }
  .line:hover {
    background: var(--particle-fill);
  }
  .event {
    font-weight: 500;
    letter-spacing: 0.1px;
  }
  .foreign .event {
    color: var(--secondary-text-color);
    font-weight: 400;
  }
  time {
    color: var(--secondary-text-color);
    font-size: 12px;
    white-space: nowrap;
  }
  .what {
    grid-column: 1 / -1;
    color: var(--secondary-text-color);
    font-size: 12px;
    line-height: 16px;
    letter-spacing: 0.4px;
  }
  .what .value {
    direction: inherit;
    color: var(--primary-text-color);
    white-space: nowrap;
  }
  .pair {
    margin-inline-end: 4px;
  }
  .tag {
    margin-inline-end: 2px;
    padding: 0 6px;
    border-radius: 9999px;
    background: var(--particle-fill-hover);
  }
  mark {
    border-radius: 2px;
    background: color-mix(in srgb, var(--warning-color) 35%, transparent);
    color: inherit;
  }
  .wide .line {
    grid-template-columns: minmax(120px, 168px) minmax(0, 1fr) auto;
    align-items: center;
    height: 44px;
  }
  .wide .what {
    grid-row: 1;
    grid-column: 2;
    font-size: 14px;
    line-height: 20px;
    letter-spacing: 0;
  }
  .wide time {
    grid-column: 3;
  }
  .stale article .what .value,
  .stale article .event {
    color: var(--secondary-text-color);
    font-weight: 400;
  }
  .open {
    margin-inline: 8px;
    border-radius: var(--particle-radius);
    background: var(--particle-fill);
  }
  .open > .line {
    padding-inline: 8px;
    background: none;
  }
  .gap {
    display: flex;
    gap: 8px;
    align-items: center;
    height: 52px;
    padding: 0 var(--particle-inset);
    color: var(--secondary-text-color);
    font-size: 12px;
    line-height: 16px;
    --mdc-icon-size: 20px;
  }
  .wide .gap {
    height: 44px;
  }
  .empty {
    flex: 1 1 200px;
    justify-content: center;
  }
  .empty strong {
    color: var(--primary-text-color);
    font-weight: 500;
  }
  .bone {
    height: 12px;
    margin: 20px var(--particle-inset);
    border-radius: 6px;
    background: var(--divider-color);
    opacity: 0;
    animation: particle-appear 200ms 300ms forwards;
  }
  @container (min-width: 560px) {
    .choice {
      flex-basis: 168px;
    }
  }
  @container (max-width: 559px) {
    .wordy {
      display: none;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .bone {
      opacity: 1;
      animation: none;
    }
  }
`;
