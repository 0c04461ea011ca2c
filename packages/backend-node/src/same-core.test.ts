import * as tf from '@tensorflow/tfjs-core'
import { expect, it } from 'vitest'
import { checkSameCore } from './same-core.js'

/** The same version of the same package, evaluated a second time. */
const copy: string = '@tensorflow/tfjs-core/dist/tf-core.js'

it('refuses a package with a core of its own', async () => {
  const loaded: unknown = await import(copy)
  expect(() => checkSameCore(loaded, '@tensorflow/tfjs-node')).toThrow(
    /^@tensorflow\/tfjs-node uses another copy of @tensorflow\/tfjs-core \(unknown\) than VATUN \(4\./,
  )
})

it('takes one that shares the core, whether it is read as CommonJS or not', () => {
  checkSameCore({ ...tf }, '@tensorflow/tfjs-node')
  checkSameCore({ default: { ...tf } }, '@tensorflow/tfjs-node')
})
