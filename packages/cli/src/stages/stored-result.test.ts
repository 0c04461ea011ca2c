import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Bundle, openBundle } from '@vatun/backend-node'
import type { ClassifierInfo, Step } from '@vatun/core'
import { lastValueFrom, of } from 'rxjs'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { storedResult } from './stored-result.js'

let folder: string
let bundle: Bundle
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vatun-stored-'))
  bundle = await openBundle(folder, {
    vatun: '0.1.0',
    model: { name: 'net', hash: 'aa' },
    dataset: { name: 'set', hash: 'bb', length: 10 },
    images: { count: 4, order: 'first' },
    classifier: { name: 'net' } as ClassifierInfo,
    classNames: ['cat'],
    specs: {
      model: { format: 'onnx', url: 'net.onnx', name: 'net', classNames: ['cat'], preprocessing: 'none' },
      dataset: { format: 'folder', path: '/photos' },
    },
    axes: [],
  })
})
afterEach(async () => {
  await bundle.close()
  rmSync(folder, { recursive: true })
})

/** Gets a result, and tells whether it was computed and why again. */
async function get(key: string): Promise<string[]> {
  const said: string[] = []
  const form = {
    files: ['a.txt'],
    encode: (value: Uint8Array) => [value],
    decode: ([bytes]: readonly Uint8Array[]) => bytes!,
  }
  const compute = () => {
    said.push('computed')
    const step: Step<Uint8Array> = {
      kind: 'value',
      value: Uint8Array.of(7),
      progress: { done: 1, total: 1, unit: 'images' },
    }
    return of(step)
  }
  const last = await lastValueFrom(storedResult(bundle, key, form, compute, (why) => void said.push(why)))
  expect(last.kind === 'value' && Array.from(last.value)).toEqual([7])
  return said
}

it('computes what is not there or not the same, and tells why only where something is there', async () => {
  expect(await get('k1')).toEqual(['computed'])
  expect(await get('k1')).toEqual([])
  expect(await get('k2')).toEqual(['its parameters have changed', 'computed'])
  writeFileSync(join(folder, 'a.txt'), 'else')
  expect(await get('k2')).toEqual(['a file of it is damaged', 'computed'])
})
