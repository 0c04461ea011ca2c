import { css } from 'lit'

/** Style of `vatun-class-list`. */
export const classListStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    gap: 4px;
    min-width: 0;
    font-size: var(--_small);
  }
  .head {
    display: flex;
    flex: none;
    align-items: center;
    justify-content: space-between;
    gap: 4px 8px;
    min-height: 20px;
    white-space: nowrap;
  }
  .find {
    flex-wrap: wrap;
  }
  .head button {
    height: 22px;
    padding: 0 6px;
  }
  .head select {
    height: 20px;
    min-width: 0;
    border-color: transparent;
    color: var(--_muted);
  }
  input {
    flex: 1 1 60px;
    min-width: 60px;
    max-width: 180px;
    height: 22px;
    padding: 0 6px;
    border: 1px solid var(--_line);
    border-radius: var(--_radius);
    background: var(--_bg);
  }
  .rows {
    flex: 1;
    min-height: 0;
    overflow: hidden auto;
    contain: size;
    scrollbar-width: thin;
  }
  .sheet {
    position: relative;
  }
  .row {
    position: absolute;
    left: 0;
    width: 100%;
  }
  .class {
    display: flex;
    align-items: center;
    gap: 6px;
    width: 100%;
    height: 18px;
    padding: 0 4px;
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
  .class:focus-visible {
    outline-offset: -2px;
  }
  .swatch {
    flex: none;
    width: 8px;
    height: 8px;
    border-radius: 2px;
  }
  .swatch.quiet {
    opacity: 0.25;
  }
  /* Of long names, both classes are to be read. */
  .name {
    display: flex;
    flex: 1;
    gap: 4px;
    min-width: 0;
  }
  .name span {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .to {
    flex: none;
    max-width: 60%;
  }
  .of {
    min-width: 36px;
    text-align: right;
  }
`
