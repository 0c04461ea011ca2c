import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, expect, it, onTestFinished, vi } from 'vitest'
import type { Config } from './config.js'
import { openDataset } from './open-dataset.js'
import { readFolder } from './read-folder.js'

const examples = fileURLToPath(new URL('../../../examples/', import.meta.url))
const place = mkdtempSync(join(tmpdir(), 'vatun-folder-'))
afterAll(() => rmSync(place, { recursive: true, force: true }))

const config: Config = {
  model: {
    format: 'onnx',
    url: pathToFileURL(join(examples, 'models/resnet20-cifar10/resnet20-cifar10.onnx')).href,
    name: 'net',
    classNames: ['cat', 'dog'],
    preprocessing: 'none',
  },
  dataset: { format: 'folder', path: join(place, 'photos'), fit: 'pad' },
  output: join(place, 'out'),
}
for (const name of ['cat', 'dog']) {
  mkdirSync(join(place, 'photos', name), { recursive: true })
  const from = join(examples, 'photos/photos', name)
  for (const file of readdirSync(from).slice(0, 2)) copyFileSync(join(from, file), join(place, 'photos', name, file))
}

it('looks at a folder once for all threads and starts, and opens it with the options of the configuration', async () => {
  // What has just been written is looked at again; these files are minutes old.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 300_000 })
  onTestFinished(() => void vi.useRealTimers())
  const labels: string[] = []
  const onProgress = (label: string) => void labels.push(label)
  const shared = await readFolder(config, { onProgress })
  expect(labels).toEqual(Array(4).fill('checking images'))
  expect(readdirSync(config.output)).toEqual([expect.stringMatching(/^images-[0-9a-f]{8}\.json$/)])
  expect((await readFolder(config, { onProgress }))?.folder).toEqual(shared?.folder)
  expect(labels).toHaveLength(4)
  const model = { classNames: ['cat', 'dog'], input: { height: 8, width: 12, channels: 3 } }
  const dataset = await openDataset(config.dataset, model, structuredClone(shared))
  expect([0, 1, 2, 3].map((i) => dataset.label(i))).toEqual([0, 0, 1, 1])
  const { data } = await dataset.images([3])
  // Padded: black at the left.
  expect(Array.from(data.subarray(0, 6))).toEqual([0, 0, 0, 0, 0, 0])
  const alone = await openDataset(config.dataset, model)
  expect(alone.hash).toBe(dataset.hash)
  expect((await alone.images([3])).data).toEqual(data)
})

it('tells what was left out', async () => {
  const notes: string[] = []
  await readFolder(
    { ...config, dataset: { ...config.dataset, classes: { dog: null } } as Config['dataset'] },
    { onNote: (note) => void notes.push(note) },
  )
  expect(notes).toEqual([
    'left out 2 images of folders that "classes" maps to null',
    'no images of 1 of 2 classes: dog',
  ])
})

it('misses the model before it looks at images', async () => {
  const model = { ...config.model, url: pathToFileURL(join(place, 'gone.onnx')).href }
  const output = join(place, 'untouched')
  await expect(readFolder({ ...config, model, output }, {})).rejects.toThrow(/model net: .*gone\.onnx is not there/)
  expect(readdirSync(place)).not.toContain('untouched')
})
