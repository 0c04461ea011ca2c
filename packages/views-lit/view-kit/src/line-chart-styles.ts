import { css } from 'lit'

/** Style of `vatun-line-chart`. */
export const lineChartStyles = css`
  :host {
    display: block;
    min-width: 0;
    min-height: 0;
    overflow: hidden;
  }
  svg {
    display: block;
    overflow: visible;
    touch-action: pan-y;
    user-select: none;
  }
  svg.movable {
    cursor: ew-resize;
  }
  .grid {
    stroke: var(--_line);
    shape-rendering: crispEdges;
  }
  .zero {
    stroke: var(--_line-strong);
    shape-rendering: crispEdges;
  }
  .identity {
    stroke: var(--_line-strong);
    stroke-dasharray: 1 3;
  }
  .tick {
    fill: var(--_muted);
    font-size: var(--_small);
  }
  .line {
    fill: none;
    stroke-width: 1.5;
    stroke-linejoin: round;
  }
  .focus .line {
    stroke-width: 2.5;
  }
  .muted .line {
    stroke-width: 1;
    opacity: 0.35;
  }
  :host([compact]) .line {
    stroke-width: 1.25;
  }
  :host([compact]) .focus .line {
    stroke-width: 1.75;
  }
  .band {
    opacity: 0.15;
  }
  .muted .band {
    opacity: 0.05;
  }
  .leader {
    fill: none;
    stroke-width: 1.5;
  }
  .end {
    fill: var(--_ink);
    font-size: var(--_small);
  }
  .end.focus {
    font-weight: 600;
  }
  .hover {
    stroke: var(--_line-strong);
  }
  .value line {
    stroke: var(--_ink);
    stroke-width: 1.5;
  }
  .value circle {
    fill: var(--_ink);
  }
  .swatch {
    display: inline-block;
    width: 8px;
    height: 8px;
    margin-right: 6px;
    border-radius: 2px;
  }
  table {
    border-spacing: 0;
    line-height: 16px;
  }
  caption {
    padding-bottom: 2px;
    text-align: left;
    white-space: nowrap;
    font-weight: 600;
  }
  td {
    padding: 0 8px 0 0;
    white-space: nowrap;
  }
  td + td {
    text-align: right;
  }
`
