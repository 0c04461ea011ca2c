import { css } from 'lit'

/** The table of top classes of `vatun-testing`. */
export const classTableStyles = css`
  .class-table {
    width: 100%;
    border-spacing: 0;
    line-height: 17px;
  }
  .class-table tr {
    display: grid;
    grid-template: 'name before arrow after' 17px 'bars bars bars bars' 8px / minmax(0, 1fr) auto 12px minmax(24px, auto);
    max-width: 320px;
  }
  /* Long names need the room that the second number will take. */
  .class-table.wide tr {
    grid-template: 'name before' 17px 'bars bars' 8px / minmax(0, 1fr) auto;
  }
  .class-table.wide :is(.arrow, .after) {
    display: none;
  }
  .class-table th,
  .class-table td {
    padding: 0;
    font-weight: 400;
    text-align: right;
  }
  .class-table tbody th {
    grid-area: name;
    padding-right: 2px;
    overflow: hidden;
    text-align: left;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .class-table .arrow {
    color: var(--_muted);
    text-align: center;
  }
  .class-table .bars {
    grid-area: bars;
  }
  .bar {
    display: block;
    height: 2px;
    margin-top: 1px;
  }
  .bar.before {
    opacity: 0.45;
  }
  .classes p {
    margin: 0;
  }
  .skeleton {
    height: 13px;
    margin: 6px 0 12px;
    background: var(--_sunken);
  }
  .swatch {
    display: inline-block;
    width: 8px;
    height: 8px;
    margin-right: 6px;
    border-radius: 2px;
  }
  .drift {
    margin: 4px 0 0;
    white-space: nowrap;
    overflow: hidden;
    text-overflow: ellipsis;
    cursor: help;
  }
`
