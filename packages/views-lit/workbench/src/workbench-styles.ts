import { css } from 'lit'

/** Style of `vatun-workbench`. */
export const workbenchStyles = css`
  :host {
    display: flex !important;
    flex-direction: column;
    height: 100vh;
    min-height: 0;
    background: var(--_bg);
    overflow: hidden;
  }
  main {
    position: relative;
    flex: 1;
    min-height: 0;
  }
  .panel {
    position: absolute;
    min-width: 0;
    min-height: 0;
    overflow: hidden;
  }
  .panel[hidden] {
    display: none;
  }
  .panel > * {
    display: block;
    width: 100%;
    height: 100%;
  }
  .single .panel {
    inset: 0;
  }
  /* The tab says it already. */
  .narrow .panel > *::part(title) {
    display: none;
  }
  .grid .embedding {
    inset: 0 auto auto 0;
    width: calc(100% * var(--top));
    height: calc(100% * var(--row));
  }
  .grid .testing {
    inset: 0 0 auto auto;
    width: calc(100% * (1 - var(--top)));
    height: calc(100% * var(--row));
  }
  .grid .network {
    inset: auto auto 0 0;
    width: calc(100% * var(--bottom));
    height: calc(100% * (1 - var(--row)));
  }
  .grid .simulation {
    inset: auto 0 0 auto;
    width: calc(100% * (1 - var(--bottom)));
    height: calc(100% * (1 - var(--row)));
  }
  .divider {
    position: absolute;
    z-index: 1;
    touch-action: none;
  }
  .divider::before {
    content: '';
    position: absolute;
    background: var(--_line);
  }
  .divider:hover::before,
  .divider:active::before,
  .divider:focus-visible::before {
    background: var(--_accent);
  }
  .divider.row {
    inset: calc(100% * var(--row) - 3px) 0 auto;
    height: 7px;
    cursor: row-resize;
  }
  .divider.row::before {
    inset: 3px 0;
  }
  .divider.top,
  .divider.bottom {
    width: 7px;
    cursor: col-resize;
  }
  .divider.top {
    inset: 0 auto auto calc(100% * var(--top) - 3px);
    height: calc(100% * var(--row));
  }
  .divider.bottom {
    inset: auto auto 0 calc(100% * var(--bottom) - 3px);
    height: calc(100% * (1 - var(--row)));
  }
  .divider.top::before,
  .divider.bottom::before {
    inset: 0 3px;
  }
  .tabs {
    display: flex;
    flex: none;
    border-bottom: 1px solid var(--_line);
  }
  .tabs button {
    flex: 1;
    height: 36px;
    padding: 0 4px;
    border: 0;
    border-bottom: 2px solid transparent;
    border-radius: 0;
    background: none;
    color: var(--_muted);
  }
  .tabs button[aria-selected='true'] {
    border-bottom-color: var(--_accent);
    color: var(--_ink);
    font-weight: 600;
  }
`
