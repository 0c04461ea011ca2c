import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { applyPipeline } from './apply-pipeline.js'
import { axes } from './axes.js'
import { checkAugmentation } from './check-augmentation.js'
import { openRegistry } from './open-registry.js'
import { simulation } from './simulation.js'

beforeAll(async () => {
  await tf.setBackend('cpu')
})
let tensors = 0
beforeEach(() => {
  tensors = tf.memory().numTensors
})
afterEach(() => {
  expect(tf.memory().numTensors).toBe(tensors)
})

const axis = `{ name: 'fade', label: 'Fade', parameter: 'amount', unit: '', min: 0, max: 1, step: 0.1, identity: 0, degrees: [0, 0.5, 1] }`

/** The text of a module with one augmentation, some of it replaced. */
function moduleOf(apply: string, changes: Record<string, string> = {}): { name: string; text: string } {
  const fields = {
    name: `'fade'`,
    label: `'Fade'`,
    parameters: `[{ kind: 'number', name: 'amount', label: 'Amount', unit: '', min: 0, max: 1 }]`,
    axis,
    ...changes,
    apply,
  }
  const body = Object.entries(fields).map(([key, value]) => `${key}: ${value}`)
  return {
    name: 'mine.js',
    text: `export const augmentations = ({ tf, defineAugmentation, seededRandom, brightness }) => [defineAugmentation({ ${body.join(', ')} })]`,
  }
}

const fade = moduleOf('(images, { amount }) => tf.mul(images, 1 - amount)')

describe('openRegistry', () => {
  it('offers the default axes and those of the module, or what is chosen', async () => {
    const registry = await openRegistry({ module: fade })
    expect(registry.axes.map(({ name }) => name)).toEqual([...axes.map(({ name }) => name), 'fade'])
    const chosen = [
      { name: 'fade', degrees: [0, 0.2] },
      'hue',
      { name: 'both', pipeline: [{ name: 'fade', amount: 1 }] },
    ]
    const { axes: some } = await openRegistry({ module: fade, axes: chosen })
    expect(some.map(({ name }) => name)).toEqual(['fade', 'hue', 'both'])
    expect((await openRegistry()).axes).toEqual(axes)
    tf.tidy(() => {
      const x = tf.ones<tf.Rank.R4>([1, 2, 2, 3])
      const faded = applyPipeline(x, [{ name: 'fade', amount: 0.25 }], { registry })
      expect(faded.dataSync().every((value) => value === 0.75)).toBe(true)
    })
  })

  it('tells results of one text from those of another, and leaves those of built-in axes alone', async () => {
    const keys = async (text: string) => {
      const registry = await openRegistry({ module: { name: 'mine.js', text } })
      return registry.axes.map((one) => JSON.stringify(simulation(one, { registry }).spec))
    }
    const [first, second] = [await keys(fade.text), await keys(`${fade.text}\n`)]
    expect(first.slice(0, 5)).toEqual(second.slice(0, 5))
    expect(first[5]).not.toBe(second[5])
    expect(await keys(fade.text)).toEqual(first)
  })

  it('tells variants of one augmentation of a module from those of another', async () => {
    const text = `export const augmentations = ({ defineAugmentation }) => ['fade', 'glow'].map((name) => defineAugmentation({
      name, label: 'A', parameters: [{ kind: 'number', name: 'amount', label: 'Amount', unit: '', min: 0, max: 1 }],
      axis: { ...${axis}, name }, apply: (images) => images }))`
    const key = async (of: string) => {
      const registry = await openRegistry({
        module: { name: 'mine.js', text },
        axes: [{ name: 'mine', of, label: 'B' }],
      })
      return JSON.stringify(simulation(registry.axes[0]!, { registry }).spec)
    }
    expect(await key('fade')).not.toBe(await key('glow'))
  })

  it.each([
    ['export const augmentations = (', /^mine\.js: cannot be loaded \(.*\)$/],
    [`import { x } from './other.js'\nexport const augmentations = () => []`, /^mine\.js: imports something/],
    [`import * as tf from '@tensorflow/tfjs'`, /^mine\.js: imports something \(.*\); it has to be one file/],
    [`throw new Error('no licence')`, /^mine\.js: cannot be loaded \(no licence\)$/],
    ['export const augmentation = []', /^mine\.js: has no function augmentations, export one/],
    [`export const augmentations = () => { throw new TypeError('oh') }`, /^mine\.js: augmentations throws \(oh\)$/],
    ['export const augmentations = () => ({})', /^mine\.js: augmentations returns no list/],
    ['export const augmentations = () => [undefined]', /^mine\.js: an augmentation has no name/],
    [moduleOf('() => 0', { name: `'blur'`, axis: 'undefined' }).text, /"blur" is the name of a built-in augmentation/],
    [moduleOf('() => 0', { name: `'a b'` }).text, /^mine\.js: the name "a b" is not made of letters/],
    [moduleOf('() => 0', { name: `'constructor'` }).text, /^mine\.js: "constructor" is a word of JavaScript/],
    [moduleOf('() => 0', { name: `'Blur'`, axis: 'undefined' }).text, /"Blur" and "blur" have the same files where/],
    [moduleOf('3').text, /^mine\.js: "fade" has no function apply$/],
    [moduleOf('() => 0', { label: 'undefined' }).text, /"fade" has no label/],
    [
      moduleOf('() => 0', { axis: axis.replace('[0, 0.5, 1]', '[0, 1, 0.5]') }).text,
      /has the degree 0.5 after 1, sort/,
    ],
    [moduleOf('() => 0', { axis: axis.replace('[0, 0.5, 1]', '[0, NaN]') }).text, /has the degree NaN/],
    [moduleOf('() => 0', { axis: axis.replace('[0, 0.5, 1]', '[0, 2]') }).text, /has the degree 2, expected 0 to 1/],
    [moduleOf('() => 0', { axis: axis.replace('identity: 0', 'identity: -1') }).text, /has the identity -1, expected/],
    [moduleOf('() => 0', { axis: axis.replace("'amount'", "'depth'") }).text, /moves fade.depth, expected a number/],
    [
      fade.text.replace(/\[(defineAug.*)\]$/, '[...[0, 1].map(() => $1)]'),
      /^mine\.js: two augmentations named "fade", expected one$/,
    ],
  ])('explains a module that is wrong (%#)', async (text, message) => {
    await expect(openRegistry({ module: { name: 'mine.js', text } })).rejects.toThrow(message)
  })
})

describe('results of an augmentation of your own', () => {
  const tried = async (module: { name: string; text: string }) => {
    const registry = await openRegistry({ module })
    const images = tf.fill([1, 4, 4, 3], 0.5) as tf.Tensor4D
    try {
      await checkAugmentation(registry.find('fade'), images)
    } finally {
      images.dispose()
    }
  }

  it('have to be the same from both forms', async () => {
    const form = (amount: string) => ({
      applyOnHost: `({ data }, { amount }) => data.map((value) => value * ${amount})`,
    })
    const apply = '(images, { amount }) => tf.mul(images, 1 - amount)'
    await tried(moduleOf(apply, form('(1 - amount)')))
    await expect(tried(moduleOf(apply, form('(1 - amount / 2)')))).rejects.toThrow(
      'augmentation "fade": apply and applyOnHost are 0.25 apart at 0.5, make both the same change',
    )
    await expect(tried(moduleOf(apply, { applyOnHost: '3' }))).rejects.toThrow(/"applyOnHost" of "fade" is no function/)
    await expect(tried(moduleOf(apply, { onHostOnly: 'true' }))).rejects.toThrow(/"applyOnHost" of "fade" is no fun/)
  })

  it('are taken as they are when nothing is wrong, whatever is left behind', async () => {
    await tried(fade)
    await tried(
      moduleOf('(images, { amount }) => { tf.zeros([5]); return amount === 0 ? images : brightness(images, amount) }'),
    )
    await tried(
      moduleOf(
        '(images, { amount }, { ids }) => tf.clipByValue(tf.add(images, amount * seededRandom(ids[0])()), 0, 1)',
      ),
    )
  })

  it.each([
    ['(images, { amount }) => tf.add(images, amount)', /^augmentation "fade": apply gives the value 1.5 with .*0.5/],
    ['(images, { amount }) => tf.log(tf.sub(images, amount))', /gives the value (NaN|-)/],
    ['(images) => tf.mean(images, 3)', /apply returns float32 \[3,4,4\] for images \[3,4,4,3\], expected float32 of/],
    ['(images) => tf.cast(images, "int32")', /apply returns int32 \[3,4,4,3\]/],
    ['async (images) => images', /apply returns a promise, expected a tensor/],
    ['() => undefined', /apply returns nothing/],
    ['() => [1]', /apply returns no tensor/],
    ['(images) => images.nothing.there', /^augmentation "fade": Cannot read properties/],
    ['(images) => tf.mul(images, Math.random())', /the same images at 1 give two results, draw from a seed/],
    ['(images, { amount }) => tf.mul(images, 0.5)', /changes images at 0, which its axis says is the identity/],
  ])('are refused when they make no sense: %s', async (apply, message) => {
    await expect(tried(moduleOf(apply))).rejects.toThrow(message)
  })

  const stepwise = (body: string) => {
    const text = moduleOf('(images) => images').text.replace(
      'apply: ',
      `async applyStepwise(images) { ${body} }, apply: `,
    )
    return tried({ name: 'mine.js', text })
  }

  it('are looked at when they come in steps as well, and freed when they are refused', async () => {
    await stepwise('return images')
    await stepwise('return tf.clone(images)')
    await expect(stepwise('return tf.add(images, 1)')).rejects.toThrow(
      /^augmentation "fade": apply gives the value 1.5 with/,
    )
    await expect(stepwise('return tf.zeros([2])')).rejects.toThrow(/^augmentation "fade": apply returns float32 \[2\]/)
    await expect(stepwise('return undefined')).rejects.toThrow(/^augmentation "fade": apply returns nothing/)
    await expect(stepwise('throw new Error("oh")')).rejects.toThrow(/^augmentation "fade": oh$/)
  })
})
