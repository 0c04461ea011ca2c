import { css } from 'lit'

/** Frame of a view of two parts: its header, and below it a body whose parts stand side by side. */
export const panelLayout = css`
  :host {
    display: block;
    height: 100%;
    min-height: 240px;
    background: var(--_bg);
    overflow: hidden;
  }
  .panel {
    display: flex;
    flex-direction: column;
    height: 100%;
    min-height: inherit;
  }
  .body {
    display: flex;
    flex: 1;
    min-height: 0;
  }
`
