import { css } from 'lit'

/** Layout of `vatun-simulation-grid`. */
export const gridStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    min-height: 0;
  }
  .top {
    position: relative;
    flex: none;
    overflow: hidden;
    border-bottom: 1px solid var(--_line);
  }
  .scroller {
    position: relative;
    flex: 1;
    min-height: 0;
    overflow: auto;
    contain: size;
  }
  .sheet,
  .all {
    position: relative;
  }
  canvas {
    position: sticky;
    top: 0;
    left: 0;
    display: block;
    color: var(--_ink);
    /* Never seen: the drawing reads its ground from here. */
    caret-color: var(--_sunken);
    border-color: var(--_line-strong);
    pointer-events: none;
  }
  .row,
  .heads {
    position: absolute;
    left: 0;
    display: flex;
  }
  .heads {
    position: relative;
    align-items: stretch;
  }
  button {
    flex: none;
    height: auto;
    padding: 0;
    border: 0;
    background: none;
    text-align: left;
  }
  .name,
  .head,
  .corner {
    overflow: hidden;
    padding-right: 6px;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .head {
    display: flex;
    flex-direction: column;
    justify-content: flex-end;
    padding: 0 0 2px 3px;
    line-height: 14px;
    font-size: var(--_small);
  }
  .head span {
    overflow: hidden;
    max-width: 100%;
    text-overflow: ellipsis;
  }
  .head.focus {
    color: var(--_accent);
  }
  .name.focus {
    font-weight: 600;
  }
  .name {
    font-size: 12px;
    padding-left: 4px;
    border-left: 2px solid transparent;
  }
  .name:hover,
  .head:hover {
    color: var(--_accent);
  }
  .name.image {
    border-left-color: var(--_accent);
    background: var(--_accent-soft);
  }
  .swatch {
    display: inline-block;
    width: 8px;
    height: 8px;
    margin-right: 5px;
    border-radius: 2px;
  }
  .cell {
    position: relative;
  }
  .cell::after {
    position: absolute;
    inset: 2px;
    border-radius: 2px;
    content: '';
  }
  .cell:hover::after {
    box-shadow: 0 0 0 1px var(--_line-strong);
  }
  .cell[aria-pressed='true'] {
    border: 0;
    background: none;
  }
  .cell[aria-pressed='true']::after {
    box-shadow: 0 0 0 2px var(--_accent);
  }
  .note {
    position: sticky;
    left: 0;
    margin: 4px 0;
    padding-left: 6px;
  }
  .error {
    color: var(--_error);
  }
`
