import '@tensorflow/tfjs-backend-cpu'
import { readFileSync } from 'node:fs'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, expect, it } from 'vitest'
import { checkAugmentation } from './check-augmentation.js'
import { type AxisChoice, chooseAxes } from './choose-axes.js'
import { openRegistry } from './open-registry.js'

const guide = readFileSync(new URL('../../../docs/augmentations.md', import.meta.url), 'utf8')
const blocks = [...guide.matchAll(/```(json|js)\n([\s\S]*?)```/g)].map(([, language, code]) => ({ language, code }))
const configurations = blocks
  .filter(({ language }) => language === 'json')
  .map(({ code }) => JSON.parse(`{${code}}`) as { augmentations?: string; axes: AxisChoice[] })

beforeAll(async () => {
  await tf.setBackend('cpu')
})

it('shows axes that can be chosen', () => {
  const [chosen] = configurations
  const { axes } = chooseAxes(chosen!.axes)
  expect(axes.map(({ label }) => label)).toEqual(['Hue', 'Fog (corruption)', 'PGD', 'Tilt', 'mirrored', 'Dusk'])
})

it('shows a module of your own that works', async () => {
  const text = blocks.find(({ code }) => code!.includes('export const augmentations'))!.code!
  const { axes } = configurations[1]!
  const registry = await openRegistry({ axes, module: { name: 'outdoors.js', text } })
  expect(registry.axes.map(({ name }) => name)).toEqual(['fade', 'rotation', 'fadedAndTurned'])
  const images = tf.fill([1, 8, 8, 3], 0.5) as tf.Tensor4D
  for (const { name } of registry.axes) await checkAugmentation(registry.find(name), images)
  images.dispose()
})
