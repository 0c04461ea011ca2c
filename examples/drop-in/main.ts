import '@vatun/view-embedding/define.js'
import '@vatun/view-simulation/define.js'
import { Session } from '@vatun/core'
import { fetchBundle } from '@vatun/core/bundle'

async function showResults(folder: string): Promise<void> {
  const { subject, results } = await fetchBundle(folder)
  const session = new Session({ subject, ports: {} })
  session.setResults(results)
  document.querySelector('vatun-embedding')!.session = session
  document.querySelector('vatun-simulation')!.session = session
}

showResults('analysis/').catch((error: Error) => {
  document.querySelector('#problem')!.textContent = error.message
})
