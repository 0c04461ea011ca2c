import { css } from 'lit'

/** Style of `vatun-class-picker`. */
export const classPickerStyles = css`
  :host {
    display: inline-block;
    min-width: 0;
    max-width: 100%;
  }
  select,
  input {
    width: 100%;
  }
  input {
    height: 24px;
    padding: 0 6px;
    border: 1px solid var(--_line);
    border-radius: var(--_radius);
    background: var(--_bg);
    text-overflow: ellipsis;
  }
  input:hover {
    border-color: var(--_line-strong);
  }
  .list {
    position: fixed;
    inset: auto;
    width: max-content;
    max-width: 320px;
    margin: 0;
    padding: 4px 0;
    overflow: hidden auto;
    border: 1px solid var(--_line-strong);
    border-radius: var(--_radius);
    background: var(--_raised);
    color: var(--_ink);
    scrollbar-width: thin;
  }
  .option,
  .note {
    padding: 2px 8px;
    overflow: hidden;
    line-height: 16px;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .option {
    cursor: pointer;
  }
  .option:hover {
    background: var(--_sunken);
  }
  .option[aria-selected='true'] {
    background: var(--_accent-soft);
  }
`
