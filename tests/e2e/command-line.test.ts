import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { resnet20, runVatun, temporaryFolder, VatunProcess } from './demo-server.js'

const examples = fileURLToPath(new URL('../../examples/', import.meta.url))
const onnxModel = join(examples, 'models/resnet20-cifar10/resnet20-cifar10.onnx')
const place = temporaryFolder()
afterAll(() => place.remove())

const config = JSON.parse(readFileSync(resnet20, 'utf8')) as {
  model: { format: string; url: string; classNames: string[] }
  dataset: Record<string, unknown>
}

/** Writes a configuration of the small model as ONNX, with some fields replaced. */
function writeConfig(name: string, change: { model?: object; dataset?: object; output?: string }): string {
  const path = join(place.path, `${name}.config.json`)
  const content = {
    model: { ...config.model, format: 'onnx', url: onnxModel, ...change.model },
    dataset: { ...config.dataset, module: join(examples, 'cifar10/cifar10.js'), ...change.dataset },
    output: change.output ?? join(place.path, name),
  }
  writeFileSync(path, JSON.stringify(content))
  return path
}

/** Name and SHA-256 of every result of a bundle. */
function resultsIn(folder: string): Record<string, string> {
  const [bundle] = readdirSync(folder)
  const manifest = JSON.parse(readFileSync(join(folder, bundle!, 'manifest.json'), 'utf8')) as {
    results: Record<string, { sha256: string }>
  }
  return Object.fromEntries(
    Object.entries(manifest.results).map(([file, { sha256 }]) => {
      const found = createHash('sha256')
        .update(readFileSync(join(folder, bundle!, file)))
        .digest('hex')
      expect(found, file).toBe(sha256)
      return [file, sha256]
    }),
  )
}

describe('analyze', () => {
  const reference = join(place.path, 'reference')
  const options = ['--images', '60', '--output']

  beforeAll(async () => {
    const { code, output } = await runVatun('analyze', resnet20, ...options, reference)
    expect(code, output).toBe(0)
  })

  test('writes every result, and a second start computes nothing again', async () => {
    const files = Object.keys(resultsIn(reference)).sort()
    expect(files).toEqual(
      [
        'predictions.arrow',
        'features.arrow',
        'activations.arrow',
        'sequences.arrow',
        'sprites.png',
        'embedding.arrow',
        'patterns.arrow',
        ...['hue', 'brightness', 'rotation', 'blur', 'fgsm'].flatMap((axis) => [
          `simulation-${axis}.arrow`,
          `breaking-${axis}.arrow`,
        ]),
      ].sort(),
    )
    const before = resultsIn(reference)
    const { code, output } = await runVatun('analyze', resnet20, ...options, reference)
    expect(code).toBe(0)
    expect(output).not.toMatch(/0\/60 images/)
    expect(resultsIn(reference)).toEqual(before)
  })

  test('gives the same bytes with one worker as with two', async () => {
    const folder = join(place.path, 'one-worker')
    const { code } = await runVatun('analyze', resnet20, '--workers', '1', ...options, folder)
    expect(code).toBe(0)
    expect(resultsIn(folder)).toEqual(resultsIn(reference))
  })

  test('resumes after kill -9 and ends with the same bytes', async () => {
    const folder = join(place.path, 'killed')
    for (const moment of [/predictions 0\/60/, /simulating \w+ [1-9]\d*\/60/]) {
      const child = new VatunProcess(['analyze', resnet20, ...options, folder])
      await child.waitFor(moment)
      child.kill('SIGKILL')
      await child.exit
    }
    const { code, output } = await runVatun('analyze', resnet20, ...options, folder)
    expect(code, output).toBe(0)
    expect(output).not.toMatch(/predictions 0\/60/)
    expect(resultsIn(folder)).toEqual(resultsIn(reference))
    expect(readdirSync(join(folder, 'resnet20-cifar10-60')).filter((file) => /tmp/.test(file))).toEqual([])
  })

  test('takes nothing of a killed run that prepared the pixels in another way', async () => {
    const folder = join(place.path, 'unprepared')
    const { format, url } = config.model
    const model = { format, url: join(dirname(resnet20), url), preprocessing: 'none' }
    const child = new VatunProcess(['analyze', writeConfig('unprepared', { model }), ...options, folder])
    await child.waitFor(/simulating \w+ [1-9]\d*\/60/)
    child.kill('SIGKILL')
    await child.exit
    const { code, output } = await runVatun('analyze', resnet20, ...options, folder)
    expect(code, output).toBe(0)
    expect(output).toMatch(/computing all results again: the preprocessing has changed/)
    expect(resultsIn(folder)).toEqual(resultsIn(reference))
  })

  test('Ctrl+C stops it with exit code 130 and without a lock left behind', async () => {
    const folder = join(place.path, 'interrupted')
    const child = new VatunProcess(['analyze', resnet20, ...options, folder])
    await child.waitFor(/simulating/)
    child.kill('SIGINT')
    expect(await child.exit).toBe(130)
    expect(child.output).toMatch(/Stopped\. The same command goes on/)
    expect(existsSync(join(folder, 'resnet20-cifar10-60/.lock'))).toBe(false)
  })
})

describe('bad input gives one sentence and a failing exit code', () => {
  /** Runs `analyze`, expects a failure, and gives what it said. */
  async function failure(configPath: string, ...args: string[]): Promise<string> {
    const { code, output } = await runVatun('analyze', configPath, '--images', '10', ...args)
    expect(code, output).toBe(1)
    expect(output).not.toMatch(/\n\s+at /)
    return output.trim()
  }

  const nothingWritten = (name: string) => expect(existsSync(join(place.path, name))).toBe(false)

  test('a configuration that is not there, not JSON, or lacks a field', async () => {
    expect(await failure(join(place.path, 'absent.json'))).toMatch(/absent\.json: no such file/)
    const broken = join(place.path, 'broken.json')
    writeFileSync(broken, '{ "model": ')
    expect(await failure(broken)).toMatch(/broken\.json: is not JSON/)
    expect(await failure(writeConfig('no-name', { model: { name: undefined } }))).toMatch(/"model\.name" is missing/)
  })

  test('a missing model file', async () => {
    const path = writeConfig('missing-model', { model: { url: join(place.path, 'gone.onnx') } })
    expect(await failure(path)).toMatch(/gone\.onnx/)
    nothingWritten('missing-model')
  })

  test('a truncated model file', async () => {
    const cut = join(place.path, 'cut.onnx')
    copyFileSync(onnxModel, cut)
    truncateSync(cut, 100_000)
    expect(await failure(writeConfig('truncated-model', { model: { url: cut } }))).toMatch(
      /cut\.onnx is not an ONNX file, or a damaged one/,
    )
    nothingWritten('truncated-model')
  })

  test('images of another size than the model takes', async () => {
    const module = join(place.path, 'small-images.js')
    writeFileSync(
      module,
      `export const openDataset = async () => {
        const { openDataset } = await import(${JSON.stringify(pathToFileURL(join(examples, 'cifar10/cifar10.js')).href)})
        const whole = await openDataset()
        return { ...whole, label: whole.label, images: async (indices) => ({ data: new Uint8Array(indices.length * 28 * 28 * 3), n: indices.length, height: 28, width: 28, channels: 3 }) }
      }`,
    )
    expect(await failure(writeConfig('wrong-size', { dataset: { module } }))).toMatch(/28 × 28.*takes 32 × 32/)
    nothingWritten('wrong-size')
  })

  test('classes that the data set and the model do not share', async () => {
    const classNames = config.model.classNames.with(3, 'kitten')
    expect(await failure(writeConfig('wrong-class', { model: { classNames } }))).toMatch(/kitten/)
    nothingWritten('wrong-class')
  })

  test('a layer that the model does not have', async () => {
    const path = writeConfig('wrong-layer', { model: { penultimate: 'fc7' } })
    expect(await failure(path)).toMatch(/no layer "fc7".*expected one of/)
    nothingWritten('wrong-layer')
  })

  test('more images than there are', async () => {
    const { code, output } = await runVatun('analyze', resnet20, '--images', '20000')
    expect(code).toBe(1)
    expect(output).toMatch(/20000 asked for, the data set has 10000/)
  })

  test('an output folder that is a file', async () => {
    const file = join(place.path, 'occupied')
    writeFileSync(file, '')
    expect(await failure(resnet20, '--output', file)).toMatch(/occupied/)
  })

  test('an output folder on a full disk: what fits stays valid, the rest is told', async () => {
    // A limit on the size of files stands in for a disk without room; it needs no privileges.
    const folder = join(place.path, 'full')
    mkdirSync(folder)
    const child = new VatunProcess(['analyze', resnet20, '--images', '60', '--output', folder], {
      fileSizeLimitKiB: 64,
    })
    expect(await child.exit).toBe(1)
    expect(child.output).toMatch(/activations\.arrow|cannot be written|cannot write/)
    for (const file of Object.keys(resultsIn(folder)))
      expect(existsSync(join(folder, 'resnet20-cifar10-60', file))).toBe(true)
    expect(readdirSync(join(folder, 'resnet20-cifar10-60')).filter((name) => name.includes('tmp'))).toEqual([])
  })

  test('a port that is in use; without --port the next free one is taken', async () => {
    const occupant = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => occupant.once('listening', resolve))
    const { port } = occupant.address() as { port: number }
    try {
      const { code, output } = await runVatun(
        'serve',
        resnet20,
        '--images',
        '10',
        '--no-open',
        '--port',
        String(port),
        '--output',
        join(place.path, 'port'),
      )
      expect(code).toBe(1)
      expect(output).toMatch(new RegExp(`port ${port} is in use`))
    } finally {
      occupant.close()
    }
  })

  test('an option that is not a number', async () => {
    const { code, output } = await runVatun('analyze', resnet20, '--images', 'many')
    expect(code).toBe(1)
    expect(output).toMatch(/Expected a whole number from 1/)
  })
})

test('the examples name files that exist', () => {
  for (const name of ['vgg16', 'resnet20']) {
    const path = join(examples, `cifar10/${name}.config.json`)
    const { model } = JSON.parse(readFileSync(path, 'utf8')) as { model: { url: string } }
    expect(existsSync(join(dirname(path), model.url))).toBe(true)
  }
})
