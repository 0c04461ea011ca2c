import { css } from 'lit'

/** Layout of `vatun-pattern-list`. */
export const patternListStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    min-height: 0;
  }
  .head {
    display: flex;
    align-items: center;
    gap: 8px;
    min-height: 28px;
    padding: 0 8px 4px 0;
  }
  h3 {
    flex: 1;
    min-width: 0;
    margin: 0;
    overflow: hidden;
    font-size: 13px;
    font-weight: 600;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .toolbar {
    flex-wrap: nowrap;
    padding: 0 8px 8px 0;
  }
  .toolbar > select,
  .toolbar > vatun-class-picker {
    flex: 1 1 90px;
    min-width: 0;
  }
  .head button {
    flex: none;
    display: inline-flex;
    align-items: center;
    gap: 2px;
    padding-right: 3px;
  }
  ol {
    flex: 1;
    min-height: 0;
    margin: 0;
    padding: 0;
    overflow: hidden auto;
    list-style: none;
  }
  li {
    display: grid;
    grid-template-columns: 28px minmax(0, 1fr);
    gap: 2px 8px;
    padding: 8px 8px 6px 4px;
    border-top: 1px solid var(--_line);
    cursor: pointer;
  }
  li:hover {
    background: var(--_sunken);
  }
  li.chosen {
    background: var(--_accent-soft);
  }
  button.name {
    display: block;
    width: 100%;
    color: var(--_ink);
    text-align: left;
    white-space: normal;
    line-height: 17px;
  }
  .path {
    font-size: var(--_small);
    line-height: 16px;
  }
  .path button {
    color: inherit;
    font-size: var(--_small);
    line-height: 16px;
    overflow-wrap: anywhere;
    text-align: left;
    white-space: normal;
  }
  .path button:hover {
    color: var(--_accent);
  }
  .path .chosen {
    color: var(--_accent);
    font-weight: 600;
  }
  .images {
    display: flex;
    grid-column: 1 / -1;
    gap: 2px;
    overflow: hidden;
    height: 30px;
  }
  .more {
    padding: 8px 0;
  }
  .message {
    padding: 12px 8px;
  }
`
