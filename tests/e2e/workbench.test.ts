import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser, openPage, withScreenshot } from './browser.js'
import { resnet20, temporaryFolder, VatunProcess } from './demo-server.js'

const folder = temporaryFolder()
let server: VatunProcess
let browser: Browser
let page: Page
let problems: string[]

const step = (name: string, run: () => Promise<void>) =>
  test(name, () => withScreenshot(page, name.replace(/[^a-z]+/gi, '-'), run))

beforeAll(async () => {
  server = new VatunProcess(['serve', resnet20, '--images', '60', '--port', '0', '--no-open', '--output', folder.path])
  const [, url] = await server.waitFor(/(http:\/\/127\.0\.0\.1:\d+\/)/)
  browser = await launchBrowser()
  ;({ page, problems } = await openPage(browser, url!))
})

afterAll(async () => {
  await browser?.close()
  server?.kill('SIGTERM')
  await server?.exit
  folder.remove()
})

step('shows accuracy and points as soon as the predictions are in', async () => {
  await page
    .locator('vatun-status-line')
    .getByText(/accuracy \d/)
    .waitFor()
  await page.locator('vatun-embedding vatun-scatter').waitFor()
  await expect
    .poll(() => page.locator('vatun-scatter canvas.overlay').getAttribute('aria-label'), { timeout: 60_000 })
    .toMatch(/of 60/)
})

step('draws every filter and recommends patterns', async () => {
  await page.locator('vatun-network canvas[data-filters="784"]').waitFor()
  await page.locator('vatun-network [part=pattern]').first().waitFor({ timeout: 60_000 })
})

step('selecting a point moves the testing and the network view along', async () => {
  const canvas = page.locator('vatun-scatter canvas.overlay')
  await canvas.focus()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Enter')
  await page
    .locator('vatun-testing')
    .getByText(/true: \w+/)
    .waitFor()
  await page.locator('vatun-network vatun-chip').first().waitFor()
  await expect.poll(() => page.evaluate(() => decodeURIComponent(location.hash))).toContain('"source":"embedding"')
})

step('changing the rotation changes the image and the prediction', async () => {
  const testing = page.locator('vatun-testing')
  const table = testing.locator('table.class-table')
  await table.waitFor({ timeout: 60_000 })
  const before = await table.textContent()
  await testing.locator('input[type=range][aria-label=Rotation]').fill('135')
  await expect.poll(() => table.textContent(), { timeout: 60_000 }).not.toBe(before)
  await testing.locator('.drift', { hasText: /0\.\d\d/ }).waitFor({ timeout: 60_000 })
})

step('Grad-CAM explains both images for the chosen layer and class', async () => {
  const explain = page.locator('vatun-testing .explain')
  await explain.locator('.scale').waitFor({ timeout: 60_000 })
  const before = await explain.locator('.scale').textContent()
  await explain.getByLabel('Layer').selectOption('block8_conv1')
  await expect.poll(() => explain.textContent(), { timeout: 60_000 }).not.toContain(before)
  await explain.getByLabel('Class').selectOption('3')
  await expect.poll(() => page.evaluate(() => decodeURIComponent(location.hash))).toContain('"classIndex":3')
})

step('clicking a filter shows the images that activate it most', async () => {
  const at = await page.locator('vatun-filter-map').evaluate((map) =>
    (map as HTMLElement & { locate(filter: { layer: string; filter: number }): { x: number; y: number } }).locate({
      layer: 'block9_conv2',
      filter: 5,
    }),
  )
  await page.mouse.click(at.x, at.y)
  await expect.poll(() => page.locator('vatun-network [part=image]').count(), { timeout: 30_000 }).toBeGreaterThan(3)
})

step('choosing a pattern selects its images in the other views', async () => {
  await page.locator('vatun-network [part=pattern] button.name').first().click()
  await expect.poll(() => page.evaluate(() => decodeURIComponent(location.hash))).toContain('"source":"network"')
  await page.locator('vatun-embedding vatun-chip', { hasText: /pattern/i }).waitFor()
})

step('an upload of any size is tested, an unreadable one is refused in one sentence', async () => {
  const testing = page.locator('vatun-testing')
  const input = testing.locator('input[type=file]')
  const png = await page.screenshot({ clip: { x: 0, y: 0, width: 200, height: 120 } })
  await input.setInputFiles({ name: 'photo.png', mimeType: 'image/png', buffer: png })
  await testing.getByText(/200 ?× ?120/).waitFor({ timeout: 30_000 })
  await input.setInputFiles({ name: 'broken.png', mimeType: 'image/png', buffer: Buffer.from('not a picture') })
  await testing.locator('[role=alert]', { hasText: 'broken.png' }).waitFor()
})

step('simulation curves arrive for every change', async () => {
  await server.waitFor(/All results are in/)
  await expect.poll(() => page.locator('vatun-simulation').getByText(/\d+ %/).count(), { timeout: 30_000 }).toBe(0)
  await page.locator('vatun-simulation [part=cell]').nth(7).click()
  await page.locator('vatun-simulation vatun-line-chart').waitFor()
  expect(await page.locator('vatun-simulation [part=finding]').textContent()).toMatch(/\w/)
})

step('a cell of the simulation tells what flips, which images are harmed and how far they can be changed', async () => {
  const simulation = page.locator('vatun-simulation')
  await simulation.getByLabel('Measure').selectOption('flips')
  await simulation.getByText('share of predictions that flip').waitFor()
  await simulation.getByRole('tab', { name: 'Flips' }).click()
  await simulation.locator('[part=flips]').waitFor()
  await page.keyboard.press('End')
  await simulation.locator('[part=breaking] [role=listitem]').nth(1).waitFor()
  await simulation.getByRole('tab', { name: 'Images' }).click()
  const image = simulation.locator('[part=image]').first()
  const index = await image.getAttribute('data-image')
  await image.locator('vatun-thumbnail').click()
  const state = () => page.evaluate(() => decodeURIComponent(location.hash))
  await expect.poll(state).toContain(`"image":${index}`)
  await expect.poll(state).toContain('"degree":')
})

step('a link restores what was chosen', async () => {
  const link = page.url()
  const second = await openPage(browser, link)
  await second.page.locator('vatun-embedding vatun-chip', { hasText: /pattern/i }).waitFor({ timeout: 60_000 })
  await second.page.close()
})

step('nothing went wrong in the page meanwhile, and it does not scroll', async () => {
  expect(problems).toEqual([])
  expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBeLessThanOrEqual(900)
})

step('a server that goes away is told', async () => {
  server.kill('SIGTERM')
  await server.exit
  await page.locator('vatun-status-line').getByText('server is gone').waitFor()
})
