import { afterEach, expect, test, vi } from 'vitest'
import { predictionTable } from '../predictions.js'
import { Session } from '../session/session.js'
import { fetchBundle } from './fetch-bundle.js'
import { encodePredictions } from './tables.js'

const axis = {
  name: 'blur',
  label: 'Blur',
  parameter: 'sigma',
  unit: 'px',
  min: 0,
  max: 4,
  step: 0.1,
  identity: 0,
  degrees: [0, 1],
}
const entry = { status: 'complete', key: 'k', bytes: 1, sha256: 's' }
const manifest = {
  formatVersion: 1,
  vatun: '0.1.0',
  model: { name: 'm', hash: 'h' },
  dataset: { name: 'd', hash: 'h', length: 50 },
  images: { count: 40, order: 'first' },
  classifier: {
    name: 'm',
    hash: 'h',
    format: 'onnx',
    input: { height: 8, width: 4, channels: 3 },
    classNames: ['cat', 'dog'],
    layers: [],
    penultimate: 'p',
    lastConv: 'c',
    output: 'logits',
  },
  classNames: ['cat', 'dog'],
  specs: { model: { url: 'm.onnx' }, dataset: { format: 'module' } },
  axes: [axis],
  results: { 'predictions.arrow': entry, 'sprites.png': entry },
}
const indices = Int32Array.from({ length: 40 }, (_, i) => 49 - i)
const predictions = encodePredictions(
  predictionTable({ indices, probabilities: new Float32Array(80).fill(0.5), classes: 2 }, (i) => i % 2),
)
/** The header of a PNG of 128 × 16: two rows of 32 tiles of 4 × 8. */
const sprites = Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 128, 0, 0, 0, 16)
const files: Record<string, Uint8Array | string> = {
  'manifest.json': JSON.stringify(manifest),
  'predictions.arrow': predictions,
  'sprites.png': sprites,
}

function serve(served: Record<string, Uint8Array | string>): string[] {
  const asked: string[] = []
  vi.stubGlobal('fetch', async (url: string) => {
    asked.push(url)
    const body = served[url.replace('https://host/bundle/', '')]
    return new Response(body as BodyInit | undefined, { status: body === undefined ? 404 : 200 })
  })
  return asked
}

afterEach(() => vi.unstubAllGlobals())

test('loads what the manifest lists, in a form that a session takes', async () => {
  const asked = serve(files)
  const { subject, results } = await fetchBundle('https://host/bundle')
  expect(asked.sort()).toEqual(
    Object.keys(files)
      .map((name) => `https://host/bundle/${name}`)
      .sort(),
  )
  const session = new Session({ subject, ports: {} })
  session.setResults(results)
  expect(session.results.predictions).toMatchObject({ status: 'ready', value: { indices } })
  expect(session.results.embedding).toEqual({ status: 'waiting' })
  expect(session.results.simulation).toEqual({ blur: { status: 'waiting' } })
  expect(session.results.sprites).toEqual({
    status: 'ready',
    value: { url: 'https://host/bundle/sprites.png', tileWidth: 4, tileHeight: 8, columns: 32, rows: 2, indices },
  })
})

test('says in one sentence which file is missing or damaged', async () => {
  serve({})
  await expect(fetchBundle('https://host/bundle/')).rejects.toThrow(/404 to https:\/\/host\/bundle\/manifest\.json/)
  serve({ ...files, 'manifest.json': '<html>' })
  await expect(fetchBundle('https://host/bundle/')).rejects.toThrow(/not JSON/)
  serve({ ...files, 'sprites.png': 'x' })
  await expect(fetchBundle('https://host/bundle/')).rejects.toThrow(/sprites\.png/)
  serve({ ...files, 'predictions.arrow': predictions.slice(0, 100) })
  await expect(fetchBundle('https://host/bundle/')).rejects.toMatchObject({ code: 'bad-input' })
})
