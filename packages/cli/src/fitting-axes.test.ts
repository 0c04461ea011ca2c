import { axes, chooseAxes } from '@vatun/augment'
import { expect, it } from 'vitest'
import { fittingAxes } from './fitting-axes.js'

const model = (channels: number) => ({ name: 'digits', input: { height: 28, width: 28, channels } })
const registry = chooseAxes(['hue', 'brightness', 'saturation', 'rotation'])

it('leaves out what grey images do not have, unless it was asked for', () => {
  const { axes, leftOut } = fittingAxes(registry, model(1), false)
  expect(axes.map(({ name }) => name)).toEqual(['brightness', 'rotation'])
  expect(leftOut.map(({ label }) => label)).toEqual(['Hue', 'Saturation'])
  expect(() => fittingAxes(registry, model(1), true)).toThrow(
    'axes: "hue", "saturation" cannot change the images of digits, which have 1 channel; leave them out',
  )
})

it('offers all of the paper for RGB', () => {
  expect(fittingAxes(chooseAxes(axes.map(({ name }) => name)), model(3), true)).toEqual({ axes, leftOut: [] })
})

it('asks for others when nothing is left', () => {
  expect(() => fittingAxes(chooseAxes(['hue']), model(1), false)).toThrow(
    /none of them can change the images of digits/,
  )
})
