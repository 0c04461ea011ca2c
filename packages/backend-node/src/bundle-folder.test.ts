import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openBundle, readBundle } from './bundle-folder.js'
import { subject } from './fixtures/bundle-subject.js'
import { bundleFixture } from './fixtures/bundle-worker.js'
import { ioError } from './io-error.js'

let folder: string
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'vatun-bundle-')), 'bundle')
})
afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }))

const bytes = Uint8Array.of(1, 2, 3)

describe('openBundle', () => {
  it('keeps results and shards for the next one who opens it', async () => {
    const first = await openBundle(folder, subject)
    await first.writeResult('predictions.arrow', bytes, 'k1')
    await first.store('s').save(3, { counts: Uint32Array.of(7, 8) })
    await first.close()
    const second = await openBundle(folder, subject)
    expect(Array.from((await second.readResult('predictions.arrow', 'k1')) ?? [])).toEqual([1, 2, 3])
    expect(await second.readResult('predictions.arrow', 'k2')).toBeUndefined()
    expect(await second.readResult('embedding.arrow', 'k1')).toBeUndefined()
    expect(await second.store('s').load(3)).toEqual({ counts: Uint32Array.of(7, 8) })
    expect(await second.store('s').load(4)).toBeUndefined()
    expect(await second.store('t').load(3)).toBeUndefined()
    await second.removeStore('s')
    expect(await second.store('s').load(3)).toBeUndefined()
    await second.close()
    expect((await readdir(folder)).sort()).toEqual(['manifest.json', 'predictions.arrow', 'shards'])
  })

  it('enters results that are written at the same time', async () => {
    const bundle = await openBundle(folder, subject)
    await Promise.all([1, 2, 3, 4].map((i) => bundle.writeResult(`r${i}.arrow`, Uint8Array.of(i), `k${i}`)))
    await bundle.close()
    const reader = await readBundle(folder)
    expect(Object.keys(reader.manifest.results)).toEqual(['r1.arrow', 'r2.arrow', 'r3.arrow', 'r4.arrow'])
    expect(Array.from(await reader.readResult('r3.arrow'))).toEqual([3])
  })

  it('does not take damaged files', async () => {
    const bundle = await openBundle(folder, subject)
    await bundle.writeResult('a.arrow', bytes, 'k')
    await bundle.store('s').save(0, [1, 2, 3])
    await writeFile(join(folder, 'a.arrow'), 'else')
    await truncate(join(folder, 'shards/s/0.part'), 30)
    expect(await bundle.readResult('a.arrow', 'k')).toBeUndefined()
    expect(await bundle.store('s').load(0)).toBeUndefined()
    await expect((await readBundle(folder)).readResult('a.arrow')).rejects.toMatchObject({
      code: 'io',
      message: expect.stringContaining('a.arrow is damaged, run the analysis again'),
    })
    await bundle.close()
  })

  it('forgets results of other images or a trained model, and refuses a model or data set of another name', async () => {
    const first = await openBundle(folder, subject)
    await first.writeResult('a.arrow', bytes, 'k')
    await first.close()
    const moved = { ...subject, specs: { ...subject.specs, model: { ...subject.specs.model, url: '/else/net.onnx' } } }
    const same = await openBundle(folder, moved)
    expect(Object.keys(same.manifest.results)).toEqual(['a.arrow'])
    await same.close()
    const fewer = await openBundle(folder, { ...subject, images: { count: 2, order: 'first' } })
    expect(fewer.manifest.results).toEqual({})
    await fewer.close()
    for (const change of [
      { dataset: { ...subject.dataset, hash: 'b2' } },
      { model: { name: 'net', hash: 'a2' }, classifier: { ...subject.classifier, hash: 'a2' } },
      { specs: { ...subject.specs, model: { ...subject.specs.model, preprocessing: 'none' as const } } },
    ]) {
      const whole = await openBundle(folder, subject)
      await whole.writeResult('a.arrow', bytes, 'k')
      await whole.close()
      const changed = await openBundle(folder, { ...subject, ...change })
      expect(changed.manifest).toMatchObject({ ...change, results: {} })
      expect(changed.before).toMatchObject({ dataset: subject.dataset, results: { 'a.arrow': { key: 'k' } } })
      await changed.close()
    }
    await (await openBundle(folder, subject)).close()
    const other = openBundle(folder, { ...subject, model: { name: 'net2', hash: 'cc' } })
    await expect(other).rejects.toMatchObject({
      code: 'bad-input',
      message: `bundle: ${folder} holds the analysis of model "net", not of "net2", choose another folder or remove it`,
    })
    // The refusal gave the lock back.
    await (await openBundle(folder, subject)).close()
  })

  it('lets one write at a time', async () => {
    const bundle = await openBundle(folder, subject)
    await expect(openBundle(folder, subject)).rejects.toMatchObject({
      code: 'io',
      message: expect.stringContaining(`is being written by process ${process.pid}`),
    })
    await bundle.close()
    await (await openBundle(folder, subject)).close()
  })

  it('lets only one of many take over a dead lock', async () => {
    await (await openBundle(folder, subject)).close()
    const child = spawn(process.execPath, ['-e', ''])
    await once(child, 'exit')
    const { hostname } = await import('node:os')
    await writeFile(join(folder, '.lock'), JSON.stringify({ pid: child.pid, host: hostname(), token: 'x' }))
    const opened = await Promise.allSettled(Array.from({ length: 8 }, () => openBundle(folder, subject)))
    const winners = opened.filter((o) => o.status === 'fulfilled')
    expect(winners).toHaveLength(1)
    await winners[0]?.value.close()
  })

  it('says what is wrong with the folder', async () => {
    await writeFile(join(folder, '..', 'file'), '')
    const file = join(folder, '..', 'file')
    await expect(openBundle(file, subject)).rejects.toMatchObject({
      code: 'io',
      message: `bundle: cannot make the folder ${join(file, 'shards')}: a part of the path is a file, choose the path of a folder`,
    })
    await expect(readBundle(folder)).rejects.toMatchObject({ code: 'not-found' })
    await expect(readBundle(file)).rejects.toMatchObject({ code: 'io' })
  })

  it('says when the manifest is damaged or a name leads outside', async () => {
    const bundle = await openBundle(folder, subject)
    await expect(bundle.writeResult('../a', bytes, 'k')).rejects.toMatchObject({ code: 'bad-input' })
    expect(() => bundle.store('../s')).toThrow('"../s" is no file name here')
    await expect(bundle.writeResult('a.arrow', bytes, 'k')).resolves.toBeUndefined()
    await bundle.close()
    await writeFile(join(folder, 'manifest.json'), '{')
    await expect(openBundle(folder, subject)).rejects.toMatchObject({
      code: 'bad-input',
      message: `bundle: ${join(folder, 'manifest.json')} is not JSON, remove the folder and analyse again`,
    })
  })

  it.each([
    ['ENOSPC', 'no space is left on the disk'],
    ['EACCES', 'access is denied'],
    ['EROFS', 'the file system is read-only'],
    ['EWHATEVER', 'EWHATEVER: odd'],
  ])('explains %s', (code, reason) => {
    const error = ioError(Object.assign(new Error(`${code}: odd`), { code }), 'write', '/out/a.arrow')
    expect(error).toMatchObject({ code: 'io', details: { path: '/out/a.arrow', code } })
    expect(error.message).toContain(`bundle: cannot write /out/a.arrow: ${reason}`)
  })
})

describe('a writer that is killed', () => {
  let program: URL
  beforeAll(async () => {
    program = await bundleFixture('bundle-writer')
  })
  afterAll(() => rm(program))

  /** Runs the writer until it has said that many lines, kills it, and returns what it said. */
  async function writeUntil(lines: number): Promise<string[]> {
    const child: ChildProcess = spawn(process.execPath, [fileURLToPath(program), folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const exited = once(child, 'exit')
    let said = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (said.split('\n').length > lines) child.kill('SIGKILL')
    })
    const [, signal] = await exited
    expect(signal).toBe('SIGKILL')
    return said.split('\n').slice(0, -1)
  }

  const numberOf = (key: string) => Number(key.split('-')[1])

  it('leaves everything that was saved, and its lock is taken over', async () => {
    const saved = new Set<string>()
    for (const lines of [1, 4, 7, 12, 2]) {
      const said = await writeUntil(lines)
      const shards = said.filter((line) => line.startsWith('shard'))
      // What was saved before is used, not written again.
      for (const line of shards) expect(saved.has(line)).toBe(false)
      for (const line of shards) saved.add(line)
      const bundle = await openBundle(folder, subject)
      const entries = Object.entries(bundle.manifest.results)
      const contents = await Promise.all(entries.map(([file, { key }]) => bundle.readResult(file, key)))
      for (const [i, [, { key }]] of entries.entries())
        expect(contents[i]?.every((byte) => byte === (numberOf(key) & 255)) ?? true).toBe(true)
      // The one file that was being replaced may be newer than its entry; then it is not taken.
      expect(contents.filter((content) => content === undefined).length).toBeLessThanOrEqual(1)
      for (const [, file, key] of said.filter((line) => line.startsWith('result')).map((line) => line.split(' ')))
        expect(numberOf(bundle.manifest.results[file!]!.key)).toBeGreaterThanOrEqual(numberOf(key!))
      for (const line of saved) {
        const shard = Number(line.split(' ')[1])
        const values = (await bundle.store<{ values: Float64Array }>('survey-key').load(shard))?.values
        expect(values).toEqual(new Float64Array(1000).fill(shard))
      }
      const left = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.tmp'))
      expect(left).toEqual([])
      await bundle.close()
      JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'))
    }
    expect(saved.size).toBeGreaterThan(5)
  })
})
