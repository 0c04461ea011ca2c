import { css } from 'lit'

/** Style of `vatun-scatter`. */
export const scatterStyles = css`
  :host {
    display: block;
    position: relative;
    min-height: 0;
    overflow: hidden;
    accent-color: var(--_accent);
  }
  canvas {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
  }
  .overlay {
    touch-action: none;
    cursor: crosshair;
  }
  .overlay.pan {
    cursor: grab;
  }
  .overlay:focus-visible {
    outline-offset: -2px;
  }
`
