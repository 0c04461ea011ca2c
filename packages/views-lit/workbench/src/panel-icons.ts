import { html } from 'lit'

/** Of the button that lets a panel fill the workbench. */
export const maximiseIcon = html`<svg width="12" height="12" viewBox="0 0 12 12" fill="none" stroke="currentColor" stroke-width="1.3" aria-hidden="true">
  <path d="M7.5 1.5h3v3M10.5 1.5 7 5M4.5 10.5h-3v-3M1.5 10.5 5 7" />
</svg>`

/** Of the button that shows all panels again. */
export const restoreIcon = html`<svg width="12" height="12" viewBox="0 0 12 12" fill="none" stroke="currentColor" stroke-width="1.3" aria-hidden="true">
  <path d="M10.5 4.5h-3v-3M7.5 4.5 11 1M1.5 7.5h3v3M4.5 7.5 1 11" />
</svg>`
