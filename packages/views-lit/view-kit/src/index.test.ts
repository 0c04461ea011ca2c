import { describe, expect, it } from 'vitest'

describe('@vatun/view-kit in Node', () => {
  it('can be imported and defines nothing where there are no custom elements', async () => {
    const kit = await import('./index.js')
    await import('./define.js')
    expect(kit.VatunElement).toBeTypeOf('function')
    expect(typeof document).toBe('undefined')
  })
})
