import { css } from 'lit'

/** Tabs and panels under the large chart of `vatun-simulation`. */
export const cellStyles = css`
  .tabs {
    flex: none;
    margin: 4px 0;
  }
  .tabs > button {
    flex: 1 1 auto;
    height: 22px;
    padding: 0 4px;
    font-size: 12px;
  }
  .tabs > button[aria-selected='true'] {
    position: relative;
    border-color: var(--_accent);
    background: var(--_accent-soft);
    color: var(--_ink);
  }
  .details {
    flex: none;
    height: clamp(108px, 44%, 240px);
    overflow: hidden auto;
  }
  .details:not([role]) {
    height: auto;
  }
  .details.all {
    display: grid;
    grid-template-columns: 1fr 1fr;
    height: auto;
    max-height: 50%;
    gap: 8px 24px;
    margin-top: 4px;
  }
  .all section {
    min-width: 0;
    padding-top: 4px;
    border-top: 1px solid var(--_line);
  }
  h4 {
    margin: 0 0 4px;
    font-size: 12px;
    font-weight: 600;
  }
  .finding {
    margin: 0;
    font-size: 12px;
    line-height: 15px;
  }
  table {
    width: 100%;
    border-spacing: 0;
    line-height: 16px;
  }
  caption,
  th {
    padding: 0;
    font-weight: 400;
    text-align: left;
  }
  td {
    padding: 0;
  }
  .values {
    margin-bottom: 4px;
    white-space: nowrap;
  }
  .values :is(th, td):not(:first-child) {
    padding-left: 8px;
    text-align: right;
  }
  .flips-caption {
    margin: 0;
    padding-bottom: 2px;
  }
  .flips th {
    width: 1%;
    max-width: 136px;
    padding-right: 8px;
  }
  .all .flips th {
    max-width: 176px;
  }
  /* Of long names, both classes are to be read. */
  .names {
    display: flex;
    gap: 4px;
    white-space: nowrap;
  }
  .names > span {
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .names > .to:not(:only-child) {
    flex: none;
    max-width: 60%;
  }
  .flips .arrow {
    color: var(--_muted);
  }
  .flips td + td {
    width: 1%;
    padding-left: 8px;
    text-align: right;
    white-space: nowrap;
  }
  .swatch {
    display: inline-block;
    width: 6px;
    height: 6px;
    margin-right: 2px;
    border-radius: 1px;
    vertical-align: 1px;
  }
  .bar span {
    display: block;
    height: 8px;
    min-width: 1px;
    border-radius: 1px;
  }
  .harmed {
    display: grid;
    grid-template-columns: 60px 1fr;
    align-items: center;
    gap: 4px;
  }
  .thumbnails {
    display: flex;
    flex-wrap: wrap;
    gap: 2px;
  }
  figure {
    flex: none;
    width: 40px;
    margin: 0;
    text-align: center;
  }
  figcaption {
    font-size: var(--_small);
    line-height: 12px;
  }
  .breaking {
    display: grid;
    grid-template-columns: fit-content(40%) 1fr max-content;
    align-items: end;
    gap: 3px 8px;
  }
  .breaking .name {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .bins {
    display: flex;
    gap: 1px;
    min-width: 0;
    white-space: nowrap;
  }
  .bins > span {
    flex: 1 1 0;
    min-width: 0;
  }
  .bins > .never {
    flex: 2 1 0;
    margin-left: 4px;
  }
  .bin {
    display: flex;
    align-items: end;
    height: 18px;
    border-bottom: 1px solid var(--_line-strong);
  }
  .bin i {
    width: 100%;
  }
  .of-class .bin {
    height: 32px;
  }
  .note {
    grid-column: 1 / -1;
  }
`
