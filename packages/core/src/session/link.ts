import { VatunError } from '../errors.js'
import type { SessionState } from './state.js'
import { initialState } from './state.js'

/** The part of the state that differs from a fresh session, as text for a URL's fragment. */
export function stateToLink(state: SessionState): string {
  const changed = Object.entries(state).filter(
    ([key, value]) =>
      key !== 'hovered' && JSON.stringify(value) !== JSON.stringify(initialState[key as keyof SessionState]),
  )
  return changed.length === 0 ? '' : `s=${encodeURIComponent(JSON.stringify(Object.fromEntries(changed)))}`
}

/**
 * Reads what {@link stateToLink} wrote; unknown keys are left out.
 * @param fragment A URL's fragment, with or without `#`.
 * @throws VatunError `bad-input` when the text is not such a state.
 */
export function stateFromLink(fragment: string): Partial<SessionState> {
  const text = new URLSearchParams(fragment.replace(/^#/, '')).get('s')
  if (text === null) return {}
  try {
    const parsed: unknown = JSON.parse(text)
    if (typeof parsed !== 'object' || parsed === null) throw new Error('not an object')
    return Object.fromEntries(Object.entries(parsed).filter(([key]) => key in initialState))
  } catch (cause) {
    throw new VatunError('bad-input', 'link: the part after # is not a saved state, open the page without it', {
      cause,
    })
  }
}
