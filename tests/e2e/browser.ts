import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'

const screenshots = fileURLToPath(new URL('./screenshots/', import.meta.url))

/** Starts the browser that CHROME_PATH names, without the traffic a browser makes on its own. */
export function launchBrowser(...more: string[]): Promise<Browser> {
  const { CHROME_PATH } = process.env
  if (!CHROME_PATH) throw new Error('set CHROME_PATH to a Chrome or Chromium program; npm test does')
  return chromium.launch({
    executablePath: CHROME_PATH,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...more,
    ],
  })
}

/** Opens a page that collects its errors. */
export async function openPage(browser: Browser, url: string): Promise<{ page: Page; problems: string[] }> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text())
  })
  await page.goto(url)
  return { page, problems }
}

/** Keeps a picture of the page when a test fails, then lets the failure through. */
export async function withScreenshot(page: Page, name: string, test: () => Promise<void>): Promise<void> {
  try {
    await test()
  } catch (error) {
    mkdirSync(screenshots, { recursive: true })
    await page.screenshot({ path: join(screenshots, `${name}.png`) })
    throw error
  }
}
