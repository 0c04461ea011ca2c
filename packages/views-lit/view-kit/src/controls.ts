import { css } from 'lit'

/**
 * Shared looks of native controls and of the parts of a panel: `button`, `button.icon`, `button.link`, `select`,
 * `input[type=range]`, `.segmented` (a row of radio buttons or `aria-pressed` buttons), `.panel-header`, `.toolbar`, `.muted`,
 * `.small`, `.visually-hidden`.
 */
export const controls = css`
  button,
  select,
  input {
    font: inherit;
    color: inherit;
    margin: 0;
  }
  button,
  select {
    height: 24px;
    padding: 0 8px;
    border: 1px solid var(--_line);
    border-radius: var(--_radius);
    background: var(--_bg);
    white-space: nowrap;
    cursor: pointer;
  }
  select {
    padding: 0 4px;
    max-width: 100%;
  }
  button:hover:not(:disabled),
  select:hover:not(:disabled) {
    border-color: var(--_line-strong);
  }
  button:disabled,
  select:disabled,
  input:disabled {
    opacity: 0.5;
    cursor: default;
  }
  button[aria-pressed='true'],
  button.primary {
    border-color: var(--_accent);
    background: var(--_accent-soft);
    color: var(--_ink);
  }
  button.icon {
    width: 24px;
    padding: 0;
    border-color: transparent;
    background: none;
    color: var(--_muted);
    line-height: 1;
  }
  button.icon:hover:not(:disabled) {
    color: var(--_ink);
    background: var(--_sunken);
    border-color: transparent;
  }
  button.link {
    height: auto;
    padding: 0;
    border: 0;
    background: none;
    color: var(--_accent);
  }
  button.link:hover:not(:disabled) {
    text-decoration: underline;
  }
  input[type='range'] {
    appearance: none;
    height: 16px;
    min-width: 0;
    background: none;
    cursor: pointer;
  }
  input[type='range']::-webkit-slider-runnable-track {
    height: 2px;
    background: var(--_line-strong);
    border-radius: 1px;
  }
  input[type='range']::-moz-range-track {
    height: 2px;
    background: var(--_line-strong);
    border-radius: 1px;
  }
  input[type='range']::-webkit-slider-thumb {
    appearance: none;
    width: 12px;
    height: 12px;
    margin-top: -5px;
    border-radius: 50%;
    background: var(--_accent);
  }
  input[type='range']::-moz-range-thumb {
    width: 12px;
    height: 12px;
    border: 0;
    border-radius: 50%;
    background: var(--_accent);
  }
  .segmented {
    display: inline-flex;
  }
  .segmented > button {
    border-radius: 0;
    margin-left: -1px;
    color: var(--_muted);
  }
  .segmented > button:first-child {
    border-radius: var(--_radius) 0 0 var(--_radius);
    margin-left: 0;
  }
  .segmented > button:last-child {
    border-radius: 0 var(--_radius) var(--_radius) 0;
  }
  .segmented > button[aria-pressed='true'],
  .segmented > button[aria-checked='true'] {
    position: relative;
    border-color: var(--_accent);
    background: var(--_accent-soft);
    color: var(--_ink);
  }
  .panel-header {
    display: flex;
    align-items: center;
    gap: 4px 12px;
    min-height: 32px;
    padding: 4px 8px 4px 12px;
    border-bottom: 1px solid var(--_line);
  }
  .panel-header h2 {
    margin: 0;
    font-size: 13px;
    font-weight: 600;
    white-space: nowrap;
    cursor: default;
    user-select: none;
  }
  .panel-header .toolbar {
    flex: 1;
    min-width: 0;
  }
  .toolbar {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 8px;
  }
  .muted {
    color: var(--_muted);
  }
  .small {
    font-size: var(--_small);
  }
  .visually-hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`
