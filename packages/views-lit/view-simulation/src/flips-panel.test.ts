import type { Axis, SimulationCell, SimulationColumn, SimulationViewState } from '@vatun/core'
import { expect, it } from 'vitest'
import { flipsPanel } from './flips-panel.js'

const axis = { name: 'blur', label: 'Blur', unit: 'px', min: 0, max: 4, step: 1, identity: 0 } as Axis

/** The text of a template, of what is nested in it too. */
function textOf(template: unknown): string {
  if (typeof template !== 'object' || template === null || !('strings' in template)) return String(template)
  const { strings, values } = template as { strings: readonly string[]; values: readonly unknown[] }
  const html = strings.map((text, i) => text + (i < values.length ? textOf(values[i]) : '')).join('')
  return html.replace(/<[^>]*>/g, '').replace(/\s+/g, ' ')
}

function panel(images: number, trueClass: number | null): string {
  const cell = { degree: 2, flips: { images, flipped: 0, moves: [] } } as unknown as SimulationCell
  const view = { cell, classNames: ['cat', 'dog'], trueClass } as unknown as SimulationViewState
  return textOf(flipsPanel(view, { axis } as SimulationColumn, 3))
}

it('counts the images that could flip, and says when there is none', () => {
  expect(panel(5, 1)).toBe('0 of 5 predicted dog unchanged flip at 2 px')
  expect(panel(9, null)).toBe('0 of 9 flip at 2 px')
  expect(panel(0, 1)).toBe('No image is predicted dog unchanged')
})
