import { expect, test } from 'vitest'
import { simulationRows } from './simulation-rows.js'
import type { SimulationViewState } from './simulation-view.js'

test('leaves out classes without images where there are many, and searches', () => {
  const fullNames = Array.from({ length: 30 }, (_, c) => `class ${c}`)
  const classImages = new Uint32Array(30)
  for (const c of [2, 12, 22]) classImages[c] = 3
  const state = { fullNames, classImages, columns: [], focus: -1 } as unknown as SimulationViewState
  expect(simulationRows(state, 'class')).toEqual({ classes: [2, 12, 22], without: 27 })
  expect(simulationRows(state, 'class', 'class 1')).toEqual({ classes: [12], without: 11 })
  expect(simulationRows({ ...state, classImages: null }, 'class').classes).toHaveLength(30)
  const few = { ...state, fullNames: fullNames.slice(0, 20) }
  expect(simulationRows(few, 'class')).toEqual({ classes: [...few.fullNames.keys()], without: 0 })
})
