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
  .trend {
    display: block;
    width: 100%;
    height: 32px;
    overflow: visible;
    fill: none;
  }
  .trend path {
    vector-effect: non-scaling-stroke;
  }
  .trend .line {
    stroke: var(--state-icon-color);
    stroke-width: 2;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .trend .area {
    fill: var(--state-icon-color);
    opacity: 0.12;
  }
  .trend .gap {
    stroke: var(--secondary-text-color);
    stroke-width: 1.5;
    stroke-dasharray: 1 5;
    stroke-linecap: round;
  }
  .trend .on {
    fill: var(--state-icon-color);
  }
  .trend .off {
    fill: var(--divider-color);
  }
  .stale .trend .line {
    stroke: var(--secondary-text-color);
    opacity: 0.7;
  }
  .stale .trend .area,
  .stale .trend .on {
    fill: var(--secondary-text-color);
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
