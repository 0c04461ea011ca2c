import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'

const screenshots = fileURLToPath(new URL('./screenshots/', import.meta.url))

/** Flags for a GPU of software, for machines with a GPU as well: what is tested then does not depend on the machine. */
export const softwareGpus = {
  none: ['--disable-gpu'],
  webgl: ['--disable-gpu', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
  // Vulkan for the page as well: without it the browser's GPU process crashes where TensorFlow.js waits for a result.
  webgpu: [
    '--enable-unsafe-webgpu',
    '--use-webgpu-adapter=swiftshader',
    '--enable-features=Vulkan',
    '--use-vulkan=swiftshader',
    '--use-angle=vulkan',
  ],
} as const

/**
 * Starts the browser that CHROME_PATH names, without the traffic a browser makes on its own.
 * @param gpu One of {@link softwareGpus}.
 */
export function launchBrowser(gpu: readonly string[] = softwareGpus.none): Promise<Browser> {
  const { CHROME_PATH } = process.env
  if (!CHROME_PATH) throw new Error('set CHROME_PATH to a Chrome or Chromium program; npm test does')
  return chromium.launch({
    executablePath: CHROME_PATH,
    args: [
      '--no-sandbox',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...gpu,
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
