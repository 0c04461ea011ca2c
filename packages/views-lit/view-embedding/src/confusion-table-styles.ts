import { css } from 'lit'

/** Style of `vatun-confusion-table`. */
export const confusionTableStyles = css`
  :host {
    display: block;
    font-size: var(--_small);
  }
  table {
    border-spacing: 0;
    line-height: 15px;
  }
  th {
    padding: 0;
    font-weight: 400;
    text-align: left;
  }
  td {
    padding: 0;
  }
  .corner,
  thead .number {
    color: var(--_muted);
  }
  .number {
    padding: 0 6px 0 2px;
    color: var(--_muted);
    text-align: right;
  }
  .corner {
    white-space: nowrap;
  }
  .head {
    padding: 0 1px;
    text-align: center;
  }
  .swatch {
    display: inline-block;
    flex: none;
    width: 8px;
    height: 8px;
    border-radius: 2px;
  }
  .swatch.quiet {
    opacity: 0.25;
  }
  .class {
    display: flex;
    min-width: 0;
    align-items: center;
    gap: 6px;
    width: 100%;
    height: max(14px, calc(var(--cell, 15px) + 1px));
    padding: 0 4px 0 0;
    border: 0;
    border-radius: 2px;
    background: none;
  }
  .class:hover {
    background: var(--_sunken);
  }
  .class[aria-pressed='true'] {
    background: var(--_accent-soft);
    font-weight: 600;
  }
  .cell {
    display: block;
    width: var(--cell);
    height: var(--cell);
    margin: 0 1px 1px 0;
    padding: 0;
    border: 0;
    border-radius: 1px;
    background: color-mix(in srgb, var(--_ink) var(--shade), var(--_sunken));
  }
  .cell[aria-pressed='true']:not(.right) {
    background: color-mix(in srgb, var(--_ink) var(--shade), var(--_sunken));
  }
  .cell.right {
    background: none;
    box-shadow: inset 0 0 0 1px var(--_line);
  }
  .cell:hover,
  .cell[aria-pressed='true'] {
    outline: 2px solid var(--_accent);
    outline-offset: -1px;
  }
`
