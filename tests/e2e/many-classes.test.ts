import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser, openPage, withScreenshot } from './browser.js'
import { temporaryFolder, VatunProcess } from './demo-server.js'

const images = 40
/** A thousand names: with synonyms, twice the same, and one that a spreadsheet would compute. */
const classNames = Array.from({ length: 1000 }, (_, c) => {
  const [kind, animal] = [
    `${['Red', 'Old', 'Wild', 'Sea', 'Snow'][c % 5]} ${c}`,
    ['fox', 'hound', 'owl', 'crab'][c % 4],
  ]
  return `${kind} ${animal}, Vulpes ${animal} ${c}`
})
classNames[0] = '=HYPERLINK("http://127.0.0.1/")'
classNames[25] = classNames[50] = 'crane'

const folder = temporaryFolder()
let server: VatunProcess
let browser: Browser
let page: Page
let problems: string[]

/** Numbers of a normal distribution or nearly so, the same every time. */
function randomNumbers(count: number, scale: number): Float32Array {
  let seed = 7
  const uniform = () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
    return seed / 2 ** 31
  }
  return Float32Array.from({ length: count }, () => scale * (uniform() + uniform() + uniform() - 1.5))
}

/** A model with 12 filters, random weights and a thousand classes. */
function writeModel(): void {
  const conv = (name: string, filters: number, first = {}) => ({
    class_name: 'Conv2D',
    config: { name, filters, kernel_size: [3, 3], padding: 'same', activation: 'relu', use_bias: true, ...first },
  })
  const layers = [
    conv('first', 4, { batch_input_shape: [null, 8, 8, 3], dtype: 'float32' }),
    conv('second', 8),
    { class_name: 'GlobalAveragePooling2D', config: { name: 'pool' } },
    { class_name: 'Dense', config: { name: 'scores', units: 1000, activation: 'softmax', use_bias: true } },
  ]
  const shapes: Record<string, number[]> = {
    'first/kernel': [3, 3, 3, 4],
    'first/bias': [4],
    'second/kernel': [3, 3, 4, 8],
    'second/bias': [8],
    'scores/kernel': [8, 1000],
    'scores/bias': [1000],
  }
  const weights = Object.entries(shapes).map(([name, shape]) => ({ name, shape, dtype: 'float32' }))
  const size = Object.values(shapes).reduce((sum, shape) => sum + shape.reduce((a, b) => a * b), 0)
  const modelTopology = { class_name: 'Sequential', config: { name: 'small', layers } }
  writeFileSync(join(folder.path, 'weights.bin'), new Uint8Array(randomNumbers(size, 2).buffer))
  writeFileSync(
    join(folder.path, 'model.json'),
    JSON.stringify({ format: 'layers-model', modelTopology, weightsManifest: [{ paths: ['weights.bin'], weights }] }),
  )
}

beforeAll(async () => {
  writeModel()
  writeFileSync(
    join(folder.path, 'noise.js'),
    `export const openDataset = async () => ({
      name: 'noise', length: ${images}, hash: 'noise', classNames: ${JSON.stringify(classNames)}, label: (i) => 25 * i,
      async images(indices) {
        const data = new Uint8Array(indices.length * 192)
        for (const [k, i] of indices.entries()) for (let j = 0; j < 192; j++) data[192 * k + j] = (i * 83 + (j % 3) * 59 * i + j * j * (i + 3)) % 256
        return { data, n: indices.length, height: 8, width: 8, channels: 3 }
      },
    })`,
  )
  const config = join(folder.path, 'small.config.json')
  const model = { format: 'tfjs-layers', url: './model.json', name: 'small', classNames, preprocessing: {} }
  const dataset = { format: 'module', module: './noise.js' }
  writeFileSync(config, JSON.stringify({ model, dataset, axes: ['brightness', 'blur'], output: 'results' }))
  server = new VatunProcess(['serve', config, '--no-open', '--port', '0'])
  const [url] = await server.waitFor(/http:\/\/127\.0\.0\.1:\d+\//)
  browser = await launchBrowser()
  ;({ page, problems } = await openPage(browser, url!))
  await page.getByText(`${images} noise images`).waitFor({ timeout: 60_000 })
})

afterAll(async () => {
  await browser?.close()
  server?.kill('SIGTERM')
  await server?.exit
  folder.remove()
})

const step = (name: string, run: () => Promise<void>) =>
  test(name, () => withScreenshot(page, `many-classes-${name.replace(/[^a-z]+/gi, '-')}`, run))

const tabStops = (list: Locator) => list.locator('[tabindex="0"]').count()

step('lists classes and confusions with a search, and only rows in view', async () => {
  const list = page.locator('vatun-class-list')
  await list.locator('[data-list=classes]').click({ timeout: 60_000 })
  await expect.poll(() => list.getByRole('status').textContent()).toBe(`${images} of 1,000 classes`)
  const rows = await list.locator('.class').count()
  expect(rows).toBeGreaterThan(5)
  expect(rows).toBeLessThan(images)
  await list.locator('.rows').hover()
  await page.mouse.wheel(0, 5000)
  await expect.poll(() => list.locator('[aria-posinset="1"]').count()).toBe(0)
  expect(await tabStops(list.locator('.rows'))).toBe(1)
  await list.getByLabel('Search for a class').fill('vulpes OWL 150')
  await list.getByRole('button', { name: /^Red 150 owl, Vulpes owl 150: \d of 1 wrong$/ }).click()
  await page.locator('vatun-embedding vatun-chip').getByText('Red 150 owl').waitFor()
  await page.keyboard.press('Escape')
})

step('tells classes of one name apart', async () => {
  const list = page.locator('vatun-class-list')
  await list.getByLabel('Search for a class').fill('crane')
  await expect.poll(() => list.locator('.class .name').allTextContents()).toEqual(['crane (25)', 'crane (50)'])
  await list.getByLabel('Search for a class').fill('')
})

step('finds a class to explain by typing', async () => {
  const field = page.getByRole('combobox', { name: 'Class', exact: true })
  await field.click()
  await page.keyboard.type('hound 997')
  await page.keyboard.press('Enter')
  await expect.poll(() => field.inputValue()).toBe('Wild 997 hound')
  await page.locator('vatun-testing .class-table').getByText('and 99').waitFor({ timeout: 60_000 })
})

step('simulates the classes that have images', async () => {
  const simulation = page.locator('vatun-simulation')
  await simulation.locator('[part=axis][data-axis=blur][data-status=ready]').waitFor({ timeout: 60_000 })
  await simulation.getByText('960 classes have no image').waitFor({ state: 'attached' })
  await simulation.getByLabel('Search for a class').fill('snow')
  await expect.poll(() => simulation.locator('.scroller [part=class]').count()).toBe(0)
  await simulation.getByText('No class fits “snow”; 200 classes have no image').waitFor()
  await simulation.getByLabel('Search for a class').fill('175')
  await simulation.locator('.scroller [part=cell]').first().click()
  await simulation.getByRole('heading', { name: 'Red 175 crab · Brightness' }).waitFor()
})

step('exports tables that other programs read', async () => {
  await page.getByRole('button', { name: 'Export tables and pictures' }).click()
  const read = async (file: string) => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: new RegExp(`^${file}:`) }).click(),
    ])
    return readFileSync(await download.path(), 'utf8')
  }
  const predictions = (await read('predictions.csv')).trimEnd().split('\r\n')
  expect(predictions).toHaveLength(images + 1)
  expect(predictions[1]).toMatch(/^0,"'=HYPERLINK\(""http:\/\/127\.0\.0\.1\/""\)",/)
  const chart = await read('chart-brightness.svg')
  expect(chart).toMatch(/^<svg xmlns/)
  expect(chart).not.toMatch(/tabindex|slider|<!--/)
  expect(await read('image-blur.svg')).toMatch(/<text/)
  for (const picture of ['embedding.png', 'network.png', 'original.png', 'changed.png'])
    expect((await read(picture)).length, picture).toBeGreaterThan(100)
  await page.keyboard.press('Escape')
  expect(problems).toEqual([])
})
