import { css } from 'lit'

/**
 * Colours, type and spacing of every VATUN element. A page restyles them with the public custom properties (`--vatun-ink` and so
 * on); style sheets of elements read the private ones (`--_ink`), which fall back to the built-in value.
 *
 * Light or dark follows the CSS `color-scheme` that the element inherits; the attribute `theme="light"`, `"dark"` or `"auto"`
 * (the system's preference) on any VATUN element sets it for that element and everything inside.
 */
export const tokens = css`
  :host {
    --_bg: var(--vatun-bg, light-dark(#ffffff, #14171a));
    --_raised: var(--vatun-raised, light-dark(#ffffff, #1f2429));
    --_sunken: var(--vatun-sunken, light-dark(#f4f5f6, #1b1f23));
    --_ink: var(--vatun-ink, light-dark(#1b1f24, #e4e7ea));
    --_muted: var(--vatun-muted, light-dark(#59636e, #9aa4ae));
    --_line: var(--vatun-line, light-dark(#dfe2e6, #2f353b));
    --_line-strong: var(--vatun-line-strong, light-dark(#8a939d, #6a747e));
    --_accent: var(--vatun-accent, light-dark(#0b62d6, #6ea8fe));
    --_on-accent: var(--vatun-on-accent, light-dark(#ffffff, #0f1215));
    --_accent-soft: var(--vatun-accent-soft, light-dark(#e7f0fd, #1b2c45));
    --_error: var(--vatun-error, light-dark(#b3261e, #ff9b93));
    --_font: var(--vatun-font, system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif);
    --_small: 11px;
    --_radius: 3px;

    box-sizing: border-box;
    color: var(--_ink);
    font: 13px / 1.4 var(--_font);
    font-variant-numeric: tabular-nums;
    /* Canvas drawings learn from the end of this transition that the theme is another one. The property colours nothing here, and
       nothing inherits it: text is not held up. */
    flood-color: var(--_ink);
    transition: flood-color 1ms step-end;
  }
  :host([hidden]) {
    display: none !important;
  }
  :host([theme='light']) {
    color-scheme: light;
  }
  :host([theme='dark']) {
    color-scheme: dark;
  }
  :host([theme='auto']) {
    color-scheme: light dark;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  :focus-visible {
    outline: 2px solid var(--_accent);
    outline-offset: 1px;
  }
`
