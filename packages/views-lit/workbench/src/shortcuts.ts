/** What the keys of the workbench do. */
export type Shortcut = 'clear' | 'undo' | 'help'

const fields = 'select, textarea, [contenteditable], input:not([type=range], [type=checkbox], [type=radio])'

/**
 * The shortcut of a key press; null for none. Keys typed into fields, and keys that an element inside has used already, are
 * left alone.
 */
export function shortcutOf(event: KeyboardEvent): Shortcut | null {
  if (event.defaultPrevented || event.altKey) return null
  const [target] = event.composedPath()
  if (target && 'matches' in target && (target as Element).matches(fields)) return null
  const key = event.key.toLowerCase()
  if (key === 'z' && !event.shiftKey) return 'undo'
  if (event.ctrlKey || event.metaKey) return null
  if (key === 'escape') return 'clear'
  return key === '?' ? 'help' : null
}
