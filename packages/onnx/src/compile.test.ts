import '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import { createProgramNetwork, LOGITS, type Program } from '@vatun/core/layers'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { compile } from './compile.js'
import { type GraphOptions, readGraph } from './graph.js'
import { initializer, ints, model, node, values } from './graph-builder.test.data.js'
import type { ModelProto } from './proto.js'
import { SIZE } from './small-graph.test.data.js'

beforeAll(() => tf.setBackend('wasm'))
afterEach(() => expect(tf.memory().numTensors).toBe(0))

describe('inspection', () => {
  const compiled = <T>(proto: ModelProto, options: GraphOptions, look: (program: Program) => T): T => {
    const program = compile(readGraph(proto, options))
    try {
      return look(program)
    } finally {
      program.dispose()
    }
  }
  const scores = initializer('w', [4, 3], values(12, 1))
  const head = [
    node('GlobalAveragePool', ['x'], 'p'),
    node('Flatten', ['p'], 'f'),
    node('MatMul', ['f', 'w'], 'scores'),
  ]

  it('takes the only output that is a row of scores, or the one that is asked for', () => {
    const proto = model(
      ['n', ...SIZE],
      [...head, node('Relu', ['x'], 'map'), node('Tanh', ['scores'], 'second')],
      [scores],
      ['map', 'scores', 'second'],
    )
    expect(() => compile(readGraph(proto))).toThrow(
      'openOnnx: which output holds the class scores? Set "outputName" to one of scores, second',
    )
    proto.graph!.output.pop()
    compiled(proto, {}, ({ output }) => expect(output).toBe('scores'))
    proto.graph!.node.push(node('Einsum', ['scores'], 'odd'))
    proto.graph!.output.push({ name: 'odd', type: undefined })
    expect(() => compile(readGraph(proto))).toThrow(
      /not supported: Einsum \(odd\); if "odd" does not hold the class scores, set "outputName" to one of map, scores/,
    )
    compiled(proto, { outputName: 'scores' }, ({ output }) => expect(output).toBe('scores'))
    proto.graph!.output.push({ name: 'second', type: undefined })
    compiled(proto, { outputName: 'second' }, ({ output }) => expect(output).toBe('second'))
    expect(() => readGraph(proto, { outputName: 'third' })).toThrow(/no output "third", expected one of map, scores/)
    expect(() => compile(readGraph(proto, { outputName: 'map' }))).toThrow(
      /output "map" is \[n, 4, 5, 6\], expected \[n, classes\]/,
    )
  })

  it('asks for the size that a file leaves open, and checks it', () => {
    const proto = model(['n', 4, 'height', 'width'], head, [scores], ['scores'])
    expect(() => readGraph(proto)).toThrow(/leaves the size of images open, which size should they have\?/)
    const input = { height: 9, width: 7, channels: 4 }
    compiled(proto, { input }, (program) => expect(program.input).toEqual({ value: 'x', ...input }))
    expect(() => readGraph(proto, { input: { ...input, channels: 3 } })).toThrow(/do not fit/)
  })

  it('refuses several inputs by name', () => {
    const proto = model(['n', ...SIZE], head, [scores], ['scores'])
    proto.graph!.input.push({ name: 'mask', type: undefined })
    expect(() => readGraph(proto)).toThrow(/2 inputs, expected one image input \(found x, mask\)/)
  })

  it('refuses to compute with the whole numbers of an image', () => {
    const doubled = node('Add', ['rows', 'rows'], 'double')
    const toFloats = node('Cast', ['double'], 'p', { to: 1 })
    const rows = node('Transpose', ['x'], 'rows', { perm: [0, 1, 3, 2] })
    const proto = model(['n', ...SIZE], [rows, doubled, toFloats, node('Flatten', ['p'], 'scores')], [], ['scores'])
    proto.graph!.input[0]!.type!.tensorType!.elemType = 2
    expect(() => readGraph(proto)).toThrow(
      /Add "double": it computes with whole numbers of the input "x" \(uint8\), expected a Cast to floats before it/,
    )
  })

  it('takes a batch size that is baked into shapes for any', async () => {
    const nodes = [node('MaxPool', ['x'], 'p', { kernel_shape: [1, 1] }), node('Reshape', ['p', 's'], 'scores')]
    for (const [batch, shape] of [
      [1, [1, 120]],
      [1, [1, -1]],
      [2, [2, 120]],
      [2, [-1, 120]],
    ] as const) {
      const proto = model([batch, ...SIZE], nodes, [ints('s', [...shape])], ['scores'])
      const network = await createProgramNetwork(compile(readGraph(proto)))
      tf.tidy(() => {
        const [row] = network.run(tf.zeros([3, 5, 6, 4]), [LOGITS], { differentiable: false })
        expect(row!.shape).toEqual([3, 120])
      })
      network.dispose()
    }
  })

  it('lets layers stand for their output after exported activation functions', () => {
    const nodes = [
      node('Conv', ['x', 'k'], 'conv'),
      node('Sigmoid', ['conv'], 's'),
      node('Mul', ['conv', 's'], 'silu'),
      node('GlobalAveragePool', ['silu'], 'p'),
      node('Flatten', ['p'], 'scores'),
    ]
    const proto = model(['n', ...SIZE], nodes, [initializer('k', [3, 4, 1, 1], values(12, 1))], ['scores'])
    compiled(proto, {}, ({ steps }) => expect(steps.flatMap((step) => step.layer?.name ?? [])).toEqual(['conv', 'p']))
  })

  it('moves no data for layouts in a network of convolutions', async () => {
    const block = (i: number, input: string) => [
      node('Conv', [input, 'k'], `c${i}`),
      node('Transpose', [`c${i}`], `t${i}`, { perm: [0, 2, 3, 1] }),
      node('LayerNormalization', [`t${i}`, 's'], `l${i}`),
      node('MatMul', [`l${i}`, 'm'], `m${i}`),
      node('Transpose', [`m${i}`], `u${i}`, { perm: [0, 3, 1, 2] }),
      node('Add', [`u${i}`, input], `y${i}`),
    ]
    const nodes = [
      ...block(1, 'x'),
      ...block(2, 'y1'),
      node('GlobalAveragePool', ['y2'], 'p'),
      node('Flatten', ['p'], 'scores'),
    ]
    const constants = [
      initializer('k', [4, 4, 1, 1], values(16, 1)),
      initializer('s', [4], values(4, 2)),
      initializer('m', [4, 4], values(16, 3)),
    ]
    const network = await createProgramNetwork(
      compile(readGraph(model(['n', ...SIZE], nodes, constants, ['scores'], 17))),
    )
    const x = tf.zeros<tf.Rank.R4>([2, 5, 6, 4])
    const { kernelNames } = await tf.profile(() => tf.dispose(network.run(x, [LOGITS], { differentiable: false })))
    expect(kernelNames).toContain('FusedConv2D')
    expect(kernelNames).not.toContain('Transpose')
    x.dispose()
    network.dispose()
  })
})
