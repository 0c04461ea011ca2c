import { initialLayout, type Layout } from './layout.js'

/** What a workbench remembers from one visit to the next, on this machine only. */
export interface Preferences {
  readonly layout: Layout
  /** Absent: as the system prefers. */
  readonly theme?: 'light' | 'dark'
}

const key = 'vatun-workbench'

/** The part of `localStorage` that is used. */
export type PreferenceStore = Pick<Storage, 'getItem' | 'setItem'>

/** Reads what {@link writePreferences} wrote; whatever is missing or damaged is as in a fresh workbench. */
export function readPreferences(store: PreferenceStore | undefined = pageStore()): Preferences {
  const parsed = parse(store)
  const share = (divider: keyof Layout): number => {
    const value = parsed.layout?.[divider]
    return typeof value === 'number' && value >= 0.15 && value <= 0.85 ? value : initialLayout[divider]
  }
  const layout = { row: share('row'), top: share('top'), bottom: share('bottom') }
  return parsed.theme === 'light' || parsed.theme === 'dark' ? { layout, theme: parsed.theme } : { layout }
}

/** Keeps preferences where the browser allows it; a full or forbidden store keeps nothing, which harms nobody. */
export function writePreferences(preferences: Preferences, store: PreferenceStore | undefined = pageStore()): void {
  try {
    store?.setItem(key, JSON.stringify(preferences))
  } catch {
    // Quota or privacy settings; the page works the same without.
  }
}

function parse(store: PreferenceStore | undefined): { layout?: Record<string, unknown>; theme?: unknown } {
  try {
    const value: unknown = JSON.parse(store?.getItem(key) ?? '{}')
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}

/** Reading the property alone throws where a page may not store anything. */
function pageStore(): PreferenceStore | undefined {
  try {
    return globalThis.localStorage
  } catch {
    return undefined
  }
}
