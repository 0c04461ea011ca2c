import { cpSync, existsSync, readdirSync, readFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchBrowser, openPage, withScreenshot } from './browser.js'
import { runVatun, temporaryFolder, VatunProcess } from './demo-server.js'

const example = fileURLToPath(new URL('../../examples/photos/', import.meta.url))
const place = temporaryFolder()
afterAll(() => place.remove())

/** The example in a folder of its own, with fewer changes and some fields replaced. */
function writeConfig(name: string, change: Record<string, unknown> = {}): string {
  const config = JSON.parse(readFileSync(join(example, 'resnet20.config.json'), 'utf8')) as {
    model: { url: string }
    dataset: object
  }
  config.model.url = resolve(example, config.model.url)
  const path = join(place.path, `${name}.config.json`)
  const dataset = { ...config.dataset, ...change }
  writeFileSync(path, JSON.stringify({ ...config, dataset, axes: ['rotation', 'blur'], output: 'results' }))
  return path
}

const photos = join(place.path, 'photos')
const results = join(place.path, 'results')

describe('analyze, with a folder of images', () => {
  beforeAll(() => cpSync(join(example, 'photos'), photos, { recursive: true }))

  test('analyses it, and starts at once the second time', async () => {
    // The example itself: files that have just been written, as the copy, are checked once more.
    const config = writeConfig('whole', { path: join(example, 'photos') })
    const { code, output } = await runVatun('analyze', config)
    expect(code, output).toBe(0)
    expect(output).toMatch(/checking images 60\/60/)
    expect(output).toMatch(/accuracy 9\d\.\d\d %/)
    const files = readdirSync(join(results, 'resnet20-cifar10-60'))
    for (const file of ['predictions.arrow', 'sprites.png', 'simulation-blur.arrow', 'images.csv'])
      expect(files).toContain(file)
    const table = readFileSync(join(results, 'resnet20-cifar10-60/images.csv'), 'utf8').trim().split('\n')
    expect(table).toHaveLength(61)
    expect(table[1]).toMatch(/^\d+,plane\/\d+\.(jpg|png),airplane$/)
    const again = await runVatun('analyze', config)
    expect(again.code).toBe(0)
    expect(again.output).not.toMatch(/checking images|0\/60|again/)
  })

  test('says why it computes again', async () => {
    const { output } = await runVatun('analyze', writeConfig('cropped', { crop: 0.9 }))
    expect(output).toMatch(/computing all results again: the data set has changed/)
    expect(output).toMatch(/predictions 60\/60/)
  })

  test('names damaged files and unknown folders before anything is computed', async () => {
    const [first] = readdirSync(join(photos, 'dog'))
    truncateSync(join(photos, 'dog', first!), 700)
    const refused = await runVatun('analyze', writeConfig('refused'))
    expect(refused.code).toBe(1)
    expect(refused.output.trim().split('\n').at(-1)).toMatch(
      /^dataset CIFAR-10: 1 image cannot be used: dog\/\S+ is cut off; replace or remove it, or .* "damaged": "skip"$/,
    )
    const skipped = await runVatun('analyze', writeConfig('skipped', { damaged: 'skip' }))
    expect(skipped.code, skipped.output).toBe(0)
    expect(skipped.output).toMatch(/left out 1 damaged image: dog/)
    expect(existsSync(join(results, 'resnet20-cifar10-59'))).toBe(true)
    renameSync(join(photos, 'ship'), join(photos, 'shiip'))
    const unknown = await runVatun('analyze', writeConfig('unknown', { damaged: 'skip' }))
    expect(unknown.code).toBe(1)
    expect(unknown.output).toMatch(/1 folder is no class of the model: "shiip" \(perhaps "ship"\?\)/)
    expect(unknown.output).not.toMatch(/\n\s+at /)
  })
})

describe('serve', () => {
  let server: VatunProcess
  let browser: Browser
  let page: Page
  let problems: string[]

  beforeAll(async () => {
    const config = join(example, 'resnet20.config.json')
    server = new VatunProcess(['serve', config, '--no-open', '--port', '0', '--output', join(place.path, 'served')])
    const [url] = await server.waitFor(/http:\/\/127\.0\.0\.1:\d+\//)
    browser = await launchBrowser()
    ;({ page, problems } = await openPage(browser, url!))
  })
  afterAll(async () => {
    await browser?.close()
    server?.kill('SIGINT')
    await server?.exit
  })

  test('shows the photos and their predictions', async () => {
    await withScreenshot(page, 'photos', async () => {
      await page.getByText('60 CIFAR-10 images').waitFor({ timeout: 60_000 })
      await page.getByText(/accuracy 9\d/).waitFor({ timeout: 60_000 })
      await page
        .locator('vatun-testing')
        .getByText(/true: \w+ · \w+\/\d+\.(jpg|png)$/)
        .first()
        .waitFor()
      expect(problems).toEqual([])
    })
  })
})
