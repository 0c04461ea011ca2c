import { describe, expect, it } from 'vitest'
import { initialLayout, moveDivider } from './layout.js'

describe('moveDivider', () => {
  it('moves one divider within bounds and leaves the others', () => {
    expect(moveDivider(initialLayout, 'top', 0.6)).toEqual({ ...initialLayout, top: 0.6 })
    expect(moveDivider(initialLayout, 'row', -3).row).toBe(0.15)
    expect(moveDivider(initialLayout, 'bottom', 3).bottom).toBe(0.85)
    expect(moveDivider(initialLayout, 'row', Number.NaN)).toBe(initialLayout)
  })
})

describe('@vatun/workbench in Node', () => {
  it('can be imported without a document', async () => {
    const workbench = await import('./index.js')
    await import('./define.js')
    expect(workbench.VatunWorkbench).toBeTypeOf('function')
  })
})
