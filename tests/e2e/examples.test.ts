import { spawn } from 'node:child_process'
import { cpSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { launchBrowser, openPage, withScreenshot } from './browser.js'
import { resnet20, runVatun, temporaryFolder } from './demo-server.js'

const root = fileURLToPath(new URL('../../', import.meta.url))
const example = (name: string) => join(root, 'examples', name)

/** Runs Node in a folder, without what vitest has put into the environment. */
function runNode(folder: string, ...args: string[]): Promise<{ code: number | null; output: string }> {
  const { VITEST: _, NODE_OPTIONS: __, NODE_TEST_CONTEXT: ___, ...env } = process.env
  const child = spawn(process.execPath, args, { cwd: folder, env })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
  return new Promise((resolve) => child.on('exit', (code) => resolve({ code, output })))
}

test('headless: the sweep flips, the attack works and Grad-CAM sees something', async () => {
  const { code, output } = await runNode(example('headless'), 'explore.js', '5')
  expect(output).toMatch(/resnet20 on \S+: image 5, a frog/)
  expect(output).toMatch(/rotated by {4}0°: frog +0\.9\d/)
  expect(output).toMatch(/← flips/)
  expect(output).toMatch(/FGSM with ε = 4\/255: frog \(0\.9\d\) becomes dog/)
  expect(output).toMatch(/Grad-CAM for frog at blocks\.8\.c2:[\s\S]*@@@/)
  expect(code).toBe(0)
})

test('headless: a photo is recognised, and the heat map over it is a picture of its size', async () => {
  const folder = temporaryFolder()
  const target = join(folder.path, 'heat-map.png')
  const photo = join(root, 'examples/photos/photos/cat/0008.jpg')
  onTestFinished(folder.remove)
  const { code, output } = await runNode(example('headless'), 'photo.js', photo, target)
  expect(output).toMatch(/0008\.jpg: cat \(0\.\d\d\), blocks\.8\.c2 in /)
  expect(code).toBe(0)
  const png = readFileSync(target)
  expect(png.subarray(1, 4).toString()).toBe('PNG')
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([32, 32])
})

describe('unit test', () => {
  test('runs in vitest', async () => {
    const vitest = join(root, 'node_modules/vitest/vitest.mjs')
    const { code, output } = await runNode(example('unit-test'), vitest, 'run', '--no-color')
    expect(output).toMatch(/4 passed/)
    expect(code).toBe(0)
  })

  test("runs in Node's own test runner", async () => {
    const { code, output } = await runNode(example('unit-test'), '--test', 'robustness.node.test.js')
    expect(output).toMatch(/pass 2/)
    expect(code).toBe(0)
  })
})

describe('drop-in', () => {
  const folder = temporaryFolder()
  let browser: Browser
  let server: Server

  beforeAll(async () => {
    const output = join(folder.path, 'bundles')
    const [built, analysed] = await Promise.all([
      runNode(example('drop-in'), 'build.js'),
      runVatun('analyze', resnet20, '--images', '20', '--output', output),
    ])
    expect(built, built.output).toMatchObject({ code: 0 })
    expect(analysed, analysed.output).toMatchObject({ code: 0 })
    cpSync(join(example('drop-in'), 'dist'), join(folder.path, 'page'), {
      recursive: true,
      filter: (path) => !path.includes('analysis'),
    })
    cpSync(join(output, 'resnet20-cifar10-20'), join(folder.path, 'page/analysis'), { recursive: true })
    server = await serveFiles(join(folder.path, 'page'))
    browser = await launchBrowser()
  })

  afterAll(async () => {
    await browser?.close()
    server?.close()
    folder.remove()
  })

  test('draws both views from static files', async () => {
    const { port } = server.address() as AddressInfo
    const { page, problems } = await openPage(browser, `http://127.0.0.1:${port}/`)
    await withScreenshot(page, 'drop-in', async () => {
      await page.locator('vatun-scatter canvas.overlay[aria-label*="of 20 images"]').waitFor()
      await page.locator('vatun-simulation vatun-line-chart').waitFor()
      expect(await page.locator('vatun-simulation [part=finding]').textContent()).toMatch(/accuracy/)
      expect(await colorsOn(page.locator('vatun-scatter canvas.points'))).toBeGreaterThan(5)
      expect(await colorsOn(page.locator('vatun-simulation-grid canvas').first())).toBeGreaterThan(3)
      const style = page.locator('vatun-embedding button[aria-pressed=true]').first()
      expect(await style.evaluate((button) => getComputedStyle(button).borderTopColor)).toBe('rgb(163, 51, 92)')
      expect(problems).toEqual([])
    })
    await page.close()
  })

  test('says what is missing when there are no results', async () => {
    const { port } = server.address() as AddressInfo
    const page = await browser.newPage()
    await page.route('**/analysis/manifest.json', (route) => route.fulfill({ status: 404, body: '' }))
    await page.goto(`http://127.0.0.1:${port}/`)
    await page.getByText(/answered 404 to analysis\/manifest\.json/).waitFor()
    await page.close()
  })
})

test('the README shows lines of the examples, nothing else', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8')
  const section = readme.slice(readme.indexOf('## Use it'), readme.indexOf('## Bring your own model'))
  const blocks = [...section.matchAll(/```(?:ts|js)\n([\s\S]*?)```/g)].map(([, code]) => code!)
  const sources = [['drop-in/main.ts'], ['headless/explore.js', 'headless/photo.js'], ['unit-test/robustness.test.js']]
  expect(blocks).toHaveLength(sources.length)
  for (const [i, files] of sources.entries()) {
    const lines = files.flatMap((file) => readFileSync(example(file), 'utf8').split('\n'))
    const known = new Set(lines.map((line) => line.trim()))
    const made = blocks[i]!.split('\n').filter((line) => !known.has(line.trim()))
    expect(made, `not in ${files.join(', ')}`).toEqual([])
  }
})

/** Different colours among the opaque pixels of a canvas. */
function colorsOn(canvas: { evaluate<R>(run: (node: Element) => R): Promise<R> }): Promise<number> {
  return canvas.evaluate((node) => {
    const { width, height } = node as HTMLCanvasElement
    const { data } = (node as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height)
    const colors = new Set<number>()
    for (let i = 0; i < data.length; i += 4)
      if (data[i + 3] === 255) colors.add((data[i]! << 16) | (data[i + 1]! << 8) | data[i + 2]!)
    return colors.size
  })
}

const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.png': 'image/png' }

/** The plainest of static servers. */
async function serveFiles(folder: string): Promise<Server> {
  const server = createServer(async (request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname)
    const file = join(folder, path === '/' ? 'index.html' : path)
    try {
      const body = await readFile(file)
      response.writeHead(200, { 'Content-Type': types[extname(file)] ?? 'application/octet-stream' }).end(body)
    } catch {
      response.writeHead(404).end()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}
