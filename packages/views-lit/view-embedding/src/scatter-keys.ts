import type { Direction } from '@vatun/core'

/** Where arrow keys take the hovered point. */
export const arrowKeys: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
}

/** By how much keys zoom; 0 shows everything again. `=` is the plus key without Shift. */
export const zoomKeys: Readonly<Record<string, number>> = { '+': 1.5, '=': 1.5, '-': 1 / 1.5, '0': 0 }
