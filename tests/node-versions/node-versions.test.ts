import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { installNode } from './install-node.js'

const golden = new Float32Array(
  new Uint8Array(readFileSync(new URL('../../packages/core/src/fixtures/resnet20-cifar10/logits.bin', import.meta.url)))
    .buffer,
).slice(0, 80)

interface Answer {
  readonly node: string
  readonly report: { readonly name: string; readonly rejected: readonly { name: string; reason: string }[] }
  readonly logits: readonly number[]
}

describe.each([20, 22, 24] as const)('Node %i', (major) => {
  let node: string
  beforeAll(() => {
    node = installNode(major)
  })

  const predict = (engine: string): Answer => {
    const program = fileURLToPath(new URL('./predict.mjs', import.meta.url))
    return JSON.parse(execFileSync(node, [program, engine], { encoding: 'utf8' })) as Answer
  }

  test.each(['wasm', 'onnxruntime'])('runs ResNet-20 on %s as PyTorch does', (engine) => {
    const answer = predict(engine)
    expect(answer.node.split('.')[0]).toBe(String(major))
    expect(answer.report).toMatchObject({ name: engine, device: 'cpu' })
    const differences = answer.logits.map((value, i) => Math.abs(value - golden[i]!))
    expect(differences).toHaveLength(80)
    expect(Math.max(...differences)).toBeLessThan(1e-4)
  })

  test('says why it takes no tfjs-node', () => {
    const { report } = predict('auto')
    expect(report.name).toBe('onnxruntime')
    const reason = report.rejected.find(({ name }) => name === 'tfjs-node')?.reason
    expect(reason).toMatch(major >= 23 ? /does not work on Node 23 and later/ : /not installed/)
  })
})
