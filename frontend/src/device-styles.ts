/** Sizes, type and colours that the cards of devices share. */

import { css } from "lit";

export const deviceStyles = css`
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
  .name {
    display: block;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
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
  .unit {
    margin-inline-start: 3px;
    color: var(--secondary-text-color);
  }
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
  .skeleton {
    display: flex;
    gap: 10px;
    align-items: center;
    min-height: 54px;
    padding: 9px 10px;
    opacity: 0;
    animation: particle-appear 1ms 300ms forwards;
  }
  .skeleton span {
    height: 12px;
    border-radius: 6px;
    background: var(--divider-color);
  }
  .skeleton span:first-child {
    width: 36px;
    height: 36px;
    border-radius: 50%;
  }
  .skeleton span:last-child {
    width: 40%;
  }
  .mirror:dir(rtl) {
    transform: scaleX(-1);
  }
  @media (prefers-reduced-motion: reduce) {
    .spinner {
      border-inline-color: var(--primary-color);
      animation: none;
    }
  }
`;
