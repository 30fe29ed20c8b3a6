/** Styles of the device card. */

import { css } from "lit";

export const deviceCardStyles = css`
  .heroes {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(0, 1fr));
    gap: 16px;
    padding: 6px 16px 10px;
  }
  .hero,
  .row {
    border: 0;
    background: none;
    color: inherit;
    font: inherit;
    text-align: start;
  }
  .hero {
    display: block;
    min-width: 0;
    padding: 0;
    border-radius: 8px;
  }
  .hero .label {
    color: var(--secondary-text-color);
    font-size: 12px;
    line-height: 16px;
    letter-spacing: 0.4px;
  }
  .hero .value {
    width: max-content;
    max-width: 100%;
    font-size: 28px;
    line-height: 36px;
    letter-spacing: -0.2px;
  }
  .hero .unit {
    font-size: 14px;
    letter-spacing: 0;
  }
  .hero .say {
    margin-block-start: 4px;
  }
  .row {
    display: flex;
    align-items: center;
    gap: 16px;
    width: 100%;
    min-height: var(--particle-row);
    padding: 4px var(--particle-inset);
  }
  button.row,
  button.hero {
    cursor: pointer;
  }
  .row > ha-icon {
    flex: none;
    color: var(--particle-tint);
  }
  .row.stale > ha-icon {
    color: var(--secondary-text-color);
  }
  .row .name {
    font-weight: 400;
    letter-spacing: 0;
  }
  .row .trend {
    flex: none;
    width: 64px;
    height: 24px;
  }
  .row .value,
  .hero .value {
    direction: inherit;
    unicode-bidi: normal;
  }
  .row .value {
    min-width: 56px;
    max-width: 50%;
    font-size: 16px;
    font-weight: 500;
    text-align: end;
  }
  .row.stale .value {
    font-weight: 400;
  }
  .row .unit {
    font-size: 12px;
    font-weight: 400;
  }
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
  .steps {
    display: grid;
    grid-template-columns: repeat(3, 1fr);
    gap: 4px;
    padding: 4px var(--particle-inset) 0;
  }
  .steps span {
    height: 8px;
    border-radius: 4px;
    background: var(--divider-color);
  }
  .steps .done {
    background: var(--primary-color);
  }
  .steps .current {
    background: var(--primary-color);
    animation: particle-breathe 1.6s ease-in-out infinite alternate;
  }
  .sentence {
    margin: 0;
    padding: 8px var(--particle-inset);
    color: var(--secondary-text-color);
    font-size: 12px;
    line-height: 16px;
    letter-spacing: 0.4px;
  }
  .empty b {
    color: var(--primary-text-color);
    font-weight: 500;
  }
  .empty p {
    margin: 0;
  }
  .all {
    align-self: stretch;
    margin: 0 8px;
  }
  .body {
    padding-block-end: 8px;
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

  /* Half a section, two rows */
  .compact .header {
    padding-inline-end: 6px;
  }
  .compact .hero {
    position: relative;
    display: flex;
    flex: 1;
    flex-direction: column;
    justify-content: end;
    width: 100%;
    padding: 0 16px 11px;
  }
  .compact .hero .label {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
  }
  .compact .hero .value {
    line-height: 32px;
  }
  .compact .hero .say {
    margin: 0;
  }
  .compact .hero .trend {
    position: absolute;
    inset-block-start: 4px;
    inset-inline-end: 16px;
    width: calc(100% - 132px);
    height: 24px;
  }
  .compact .trend .area {
    display: none;
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
  @keyframes particle-appear {
    to {
      opacity: 1;
    }
  }
  @keyframes particle-breathe {
    to {
      opacity: 0.4;
    }
  }
  @container (min-width: 560px) {
    .columns {
      display: grid;
      grid-template-columns: 1fr 1fr;
      gap: 16px;
      align-items: start;
    }
  }
  @container (max-width: 330px) {
    .row > .trend {
      display: none;
    }
    .row.function {
      flex-wrap: wrap;
    }
    .call {
      flex: 1 1 188px;
    }
  }
  @container (max-width: 168px) {
    .compact .hero .trend {
      display: none;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .steps .current {
      animation: none;
    }
  }
`;
