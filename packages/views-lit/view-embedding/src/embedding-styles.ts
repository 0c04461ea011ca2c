import { css } from 'lit'

/** Style of `vatun-embedding`: map and summary side by side where the panel is wide, one above the other where it is tall. */
export const embeddingStyles = css`
  :host {
    display: block;
    min-width: 0;
    min-height: 0;
    height: 100%;
    background: var(--_bg);
    overflow: hidden;
    container-type: size;
  }
  .frame {
    display: flex;
    flex-direction: column;
    height: 100%;
  }
  .body {
    flex: 1;
    display: flex;
    min-height: 0;
  }
  .map {
    position: relative;
    flex: 1;
    display: flex;
    flex-direction: column;
    min-width: 0;
    min-height: 0;
  }
  .plot {
    flex: 1;
    min-height: 0;
  }
  .footer {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 8px;
    padding: 4px 8px 4px 12px;
  }
  .footer button {
    height: 20px;
    padding: 0 6px;
  }
  .zoom {
    position: absolute;
    top: 4px;
    right: 4px;
    display: flex;
    flex-direction: column;
  }
  .spacer {
    flex: 1;
  }
  .progress {
    display: inline-block;
    height: auto;
    min-height: 0;
  }
  .progress:not([status='partial']) {
    display: none;
  }
  .wrong {
    display: inline-flex;
    align-items: center;
    gap: 6px;
  }
  .ring {
    width: 10px;
    height: 10px;
    border: 2px solid var(--_ink);
    border-radius: 50%;
  }
  .scale {
    display: inline-flex;
    align-items: center;
    gap: 4px;
    color: var(--_muted);
  }
  .ramp {
    width: 56px;
    height: 8px;
    border-radius: 2px;
  }
  .side {
    display: flex;
    flex-direction: column;
    gap: 12px;
    flex: none;
    width: min-content;
    min-width: 200px;
    max-width: 60%;
    min-height: 0;
    padding: 8px 8px 4px 12px;
    border-left: 1px solid var(--_line);
    overflow: hidden;
  }
  .side.many {
    width: 42%;
  }
  vatun-class-list {
    flex: 3 1 0;
    min-height: 120px;
  }
  vatun-confusion-table {
    flex: 0 1 auto;
    min-height: 0;
    overflow: auto;
    scrollbar-width: thin;
  }
  .ambiguous {
    flex: 1 0 auto;
    display: flex;
    flex-direction: column;
    min-width: 0;
    min-height: 68px;
  }
  h3 {
    margin: 0 0 4px;
    font-weight: 400;
  }
  .strip {
    flex: 1;
    display: flex;
    flex-wrap: wrap;
    align-content: flex-start;
    min-height: 44px;
    margin-left: -3px;
    overflow: hidden;
    /* As many thumbnails are shown as fit; they must not make the strip larger. */
    contain: size;
  }
  .tip {
    display: flex;
    gap: 8px;
    font-size: var(--_small);
  }
  dl {
    display: grid;
    grid-template-columns: auto auto;
    gap: 0 8px;
    align-content: center;
    margin: 0;
    line-height: 16px;
  }
  dt {
    color: var(--_muted);
  }
  dd {
    margin: 0;
  }
  @container (max-width: 460px) {
    .method {
      display: none;
    }
  }
  @container (max-width: 520px) and (min-aspect-ratio: 1 / 1) {
    vatun-confusion-table {
      --vatun-cell: 11px;
    }
  }
  @container (max-aspect-ratio: 1 / 1) {
    .body {
      flex-direction: column;
    }
    .side {
      flex-direction: row;
      width: auto;
      min-width: 0;
      max-width: none;
      max-height: 50%;
      border-left: 0;
      border-top: 1px solid var(--_line);
    }
    .side.many {
      width: auto;
      height: 40%;
    }
    .many vatun-class-list {
      flex: 2 1 0;
      min-height: 0;
    }
    .many .ambiguous {
      flex: 1 1 0;
    }
  }
`
