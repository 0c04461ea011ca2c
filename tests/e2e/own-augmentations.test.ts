import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchBrowser, openPage, withScreenshot } from './browser.js'
import { runVatun, temporaryFolder, VatunProcess } from './demo-server.js'

const example = fileURLToPath(new URL('../../examples/own-augmentations/resnet20.config.json', import.meta.url))
const own = readFileSync(join(dirname(example), 'outdoors.js'), 'utf8')
const folder = temporaryFolder()
afterAll(() => folder.remove())

/** A configuration in a folder of its own, with a module of its own. */
function writeConfig(name: string, module: string, axes: readonly unknown[]): string {
  const config = JSON.parse(readFileSync(example, 'utf8')) as { model: { url: string }; dataset: { module: string } }
  config.model.url = resolve(dirname(example), config.model.url)
  config.dataset.module = resolve(dirname(example), config.dataset.module)
  writeFileSync(join(folder.path, `${name}.js`), module)
  const path = join(folder.path, `${name}.config.json`)
  writeFileSync(path, JSON.stringify({ ...config, augmentations: `./${name}.js`, axes, output: name }))
  return path
}

describe('the page', () => {
  let server: VatunProcess
  let browser: Browser
  let page: Page
  let problems: string[]
  let url: string

  const step = (name: string, run: () => Promise<void>) =>
    test(name, () => withScreenshot(page, name.replace(/[^a-z]+/gi, '-'), run))

  beforeAll(async () => {
    const options = ['--images', '20', '--port', '0', '--no-open', '--output', join(folder.path, 'page')]
    server = new VatunProcess(['serve', example, ...options])
    const [, found] = await server.waitFor(/(http:\/\/127\.0\.0\.1:\d+\/)/)
    url = found!
    browser = await launchBrowser()
    ;({ page, problems } = await openPage(browser, url))
  })

  afterAll(async () => {
    await browser?.close()
    server?.kill('SIGTERM')
    await server?.exit
  })

  step('offers the configured changes, the user’s own first', async () => {
    const sliders = page.locator('vatun-testing .changes input[type=range]')
    await sliders.first().waitFor({ timeout: 60_000 })
    const labels = await sliders.evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')))
    expect(labels).toEqual(['Ground fog', 'Scratches', 'Tilt', 'Frost (corruption)', 'Dusk', 'FGSM'])
  })

  step('changes and explains an image by them', async () => {
    const testing = page.locator('vatun-testing')
    const table = testing.locator('table.class-table')
    await table.waitFor({ timeout: 60_000 })
    for (const [label, value] of [
      ['Scratches', '8'],
      ['Dusk', '1'],
    ] as const) {
      const before = await table.textContent()
      await testing.locator(`input[type=range][aria-label="${label}"]`).fill(value)
      await expect.poll(() => table.textContent(), { timeout: 60_000 }).not.toBe(before)
    }
    await testing.locator('.explain .scale').waitFor({ timeout: 60_000 })
  })

  step('sweeps them in the page’s worker', async () => {
    const charts = page.locator('vatun-testing .charts vatun-line-chart')
    await expect.poll(() => charts.count(), { timeout: 60_000 }).toBe(6)
    const { degrees, series } = await charts.nth(1).evaluate((chart) => {
      const { degrees, series } = chart as unknown as { degrees: number[]; series: { values: number[] }[] }
      return { degrees, series: series.map(({ values }) => values) }
    })
    expect(degrees).toEqual([0, 1, 2, 4, 8])
    for (const i of degrees.keys()) expect(series.reduce((sum, values) => sum + values[i]!, 0)).toBeCloseTo(1, 3)
    expect(Math.max(...series.map((values) => Math.abs(values[4]! - values[0]!)))).toBeGreaterThan(0.01)
  })

  step('shows their simulation', async () => {
    await server.waitFor(/All results are in/)
    const finding = page.locator('vatun-simulation [part=finding]')
    await expect.poll(() => finding.textContent(), { timeout: 30_000 }).toMatch(/Ground fog: accuracy falls from/)
    const heads = page.locator('vatun-simulation-grid .head')
    expect(await heads.allTextContents()).toEqual(expect.arrayContaining([expect.stringContaining('Scratches')]))
    expect(problems).toEqual([])
  })

  test('gets the module along, and nothing else of its folder', async () => {
    for (const path of ['outdoors.js', 'resnet20.config.json', '../own-augmentations/outdoors.js', 'package.json'])
      expect((await fetch(new URL(path, url))).status, path).toBe(404)
  })

  const restart = async (config: string) => {
    server.kill('SIGTERM')
    await server.exit
    await page.locator('vatun-status-line').getByText('server is gone').waitFor()
    const options = ['--images', '20', '--port', new URL(url).port, '--no-open', '--output', join(folder.path, 'page')]
    server = new VatunProcess(['serve', config, ...options])
    await server.waitFor(/(http:\/\/127\.0\.0\.1:\d+\/)/)
  }

  step('goes on when the server is back with the same', async () => {
    await page.evaluate(() => document.body.setAttribute('data-same', ''))
    await restart(example)
    await page.locator('vatun-status-line').getByText('server is gone').waitFor({ state: 'detached' })
    expect(await page.locator('body[data-same]').count()).toBe(1)
  })

  step('opens again when the server is back with other changes', async () => {
    const other = own.replaceAll("'Scratches'", "'Worse scratches'")
    expect(other).not.toBe(own)
    await restart(writeConfig('others', other, ['scratches', 'hue']))
    const sliders = page.locator('vatun-testing .changes input[type=range]')
    const labels = () => sliders.evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')))
    await expect.poll(labels, { timeout: 60_000 }).toEqual(['Worse scratches', 'Hue'])
    expect(await page.locator('body[data-same]').count()).toBe(0)
  })
})

test('a changed module is simulated again, what it does not concern is not', async () => {
  const options = ['--images', '10']
  const path = writeConfig('changing', own, ['groundFog', 'brightness'])
  const first = await runVatun('analyze', path, ...options)
  expect(first, first.output).toMatchObject({ code: 0 })
  const result = () => readFileSync(join(folder.path, 'changing/resnet20-cifar10-10/simulation-groundFog.arrow'))
  const before = result()

  const same = await runVatun('analyze', path, ...options)
  expect(same.output).toMatch(/simulating ground fog 1\/1 stored/)

  writeFileSync(join(folder.path, 'changing.js'), own.replace('tf.sqrt(depth)', 'depth'))
  const changed = await runVatun('analyze', path, ...options)
  expect(changed, changed.output).toMatchObject({ code: 0 })
  expect(changed.output).toMatch(/simulating ground fog 10\/10 images/)
  expect(changed.output).toMatch(/simulating brightness 1\/1 stored/)
  expect(result().equals(before)).toBe(false)
})

test('a module may make a tensor once and use it again and again', async () => {
  const tint = own
    .replace('=> [', '=> { const colour = tf.tensor1d([1, 0.2, 0.2]); return [')
    .replace('tf.sub(1, images)', 'tf.sub(colour, images)')
    .concat('}')
  const tinted = await runVatun('analyze', writeConfig('tint', tint, ['scratches']), '--images', '10')
  expect(tinted, tinted.output).toMatchObject({ code: 0 })
  expect(tinted.output).toMatch(/simulating scratches 10\/10 images/)
})

test.each([
  [
    'unknown-axis',
    own,
    ['groundfgo'],
    /^axes\[0\]: no axis "groundfgo", perhaps "groundFog" is meant, expected one of/,
  ],
  ['degrees', own, [{ name: 'scratches', degrees: [4, 2] }], /"scratches" has the degree 2 after 4, sort them/],
  ['syntax', 'export const augmentations = (', ['hue'], /^syntax\.js: cannot be loaded \(/],
  [
    'nan',
    own.replace('tf.mul(share, tf.sub(1, images))', 'Number.NaN'),
    ['hue'],
    /"scratches": apply gives the value NaN/,
  ],
  ['shape', own.replace('[1, height, 1, 1]', '[height]'), ['hue'], /^augmentation "groundFog": /],
])('a mistake is one sentence before anything is computed: %s', async (name, module, axes, message) => {
  const { code, output } = await runVatun('analyze', writeConfig(name, module, axes), '--images', '10')
  expect(code, output).toBe(1)
  expect(output.trim()).toMatch(message)
  expect(output.trim().split('\n')).toHaveLength(1)
  expect(existsSync(join(folder.path, name))).toBe(false)
})
