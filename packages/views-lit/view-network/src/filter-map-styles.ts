import { css } from 'lit'

/** Style of `vatun-filter-map`. */
export const filterMapStyles = css`
  :host {
    display: block;
    overflow: hidden auto;
    position: relative;
  }
  .sheet {
    position: sticky;
    top: 0;
  }
  canvas {
    position: absolute;
    inset: 0;
    color: var(--_ink);
    background-color: var(--_bg);
    caret-color: var(--_accent);
    border-color: var(--_muted);
    touch-action: pan-y;
  }
  canvas.marks {
    background: none;
  }
  canvas.over {
    cursor: pointer;
  }
  table {
    border-spacing: 0;
  }
  caption {
    text-align: left;
    font-weight: 600;
    white-space: nowrap;
  }
  td + td {
    padding-left: 12px;
    text-align: right;
  }
`
