import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchBrowser, openPage, withScreenshot } from './browser.js'
import { temporaryFolder, VatunProcess, vgg16 } from './demo-server.js'
import { longTasksDuring } from './main-thread.js'

const folder = temporaryFolder()
let server: VatunProcess
let url: string
let browser: Browser
let page: Page

beforeAll(async () => {
  const options = ['--images', '100', '--port', '0', '--no-open', '--output', folder.path]
  server = new VatunProcess(['serve', vgg16, ...options])
  url = (await server.waitFor(/(http:\/\/127\.0\.0\.1:\d+\/)/))[1]!
  browser = await launchBrowser()
  ;({ page } = await openPage(browser, 'about:blank'))
})

afterAll(async () => {
  await browser?.close()
  server?.kill('SIGTERM')
  await server?.exit
  folder.remove()
})

/** A step without a long task. */
const step = (name: string, run: () => Promise<void>) =>
  test(name, () =>
    withScreenshot(page, `responsiveness-${name.replace(/[^a-z]+/gi, '-')}`, async () =>
      expect(await longTasksDuring(browser, page, run)).toEqual([]),
    ),
  )

const testing = () => page.locator('vatun-testing')
const canvas = () => page.locator('vatun-scatter canvas.overlay')
const rest = (milliseconds: number) => page.waitForTimeout(milliseconds)

async function showsEverything(): Promise<void> {
  await page.locator('vatun-network [part=pattern]').nth(2).waitFor({ timeout: 120_000 })
  await testing().locator('table.class-table').waitFor({ timeout: 60_000 })
  await page.locator('vatun-simulation [part=cell]').first().waitFor()
}

test('a task that computes too long is noticed', async () => {
  const tasks = await longTasksDuring(browser, page, () =>
    page.evaluate(() => {
      for (const start = performance.now(); performance.now() - start < 500; );
    }),
  )
  expect(tasks).toHaveLength(1)
})

step('the page opens and draws results as they arrive', async () => {
  await page.goto(url)
  await showsEverything()
})

describe('on results that are there', () => {
  // Another page: loading one again also counts what the browser does to take the old one down.
  beforeAll(async () => {
    await page.close()
    ;({ page } = await openPage(browser, 'about:blank'))
  })

  step('the page opens', async () => {
    await page.goto(url)
    await showsEverything()
    await rest(1000)
  })

  step('a point is selected', async () => {
    await canvas().focus()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Enter')
    await testing().locator('.scale').waitFor({ timeout: 60_000 })
    await rest(500)
  })

  step('a slider moves and another layer is explained', async () => {
    for (const degrees of ['20', '45', '90']) await testing().locator('input[aria-label=Rotation]').fill(degrees)
    await testing()
      .locator('.drift', { hasText: /0\.\d\d/ })
      .waitFor({ timeout: 60_000 })
    await testing().getByLabel('Layer').selectOption('conv2_2')
    await rest(1000)
  })

  step('a filter is clicked', async () => {
    const at = await page.locator('vatun-filter-map').evaluate((map) =>
      (map as HTMLElement & { locate(filter: { layer: string; filter: number }): { x: number; y: number } }).locate({
        layer: 'conv5_2',
        filter: 5,
      }),
    )
    await page.mouse.click(at.x, at.y)
    await page.locator('vatun-network [part=image]').nth(3).waitFor({ timeout: 30_000 })
  })

  step('a lasso is drawn', async () => {
    const { x, y, width, height } = (await canvas().boundingBox())!
    const at = (turn: number): [number, number] => [
      x + (0.5 + 0.4 * Math.cos(turn)) * width,
      y + (0.5 + 0.4 * Math.sin(turn)) * height,
    ]
    await page.mouse.move(...at(0))
    await page.mouse.down()
    for (let turn = 0; turn < 2 * Math.PI; turn += 0.3) await page.mouse.move(...at(turn))
    await page.mouse.up()
    await page.locator('vatun-embedding vatun-chip').waitFor()
    await rest(500)
  })

  step('a pattern is chosen, the theme changes', async () => {
    await page.locator('vatun-network [part=pattern] button.name').first().click()
    await page.locator('vatun-embedding vatun-chip', { hasText: /pattern/i }).waitFor()
    await page.locator('[data-action=theme]').click()
    await rest(500)
  })
})
