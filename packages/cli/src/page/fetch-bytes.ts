import { errorFromJSON, type SerializedError, VatunError } from '@vatun/core'

/** Fetches from the server; an error answer becomes the VatunError it carries, no answer at all one with code `io`. */
export async function fetchResponse(url: string, init?: RequestInit): Promise<Response> {
  const response = await fetch(url, init).catch((cause: unknown) => {
    if (init?.signal?.aborted) throw cause
    throw new VatunError('io', 'server: does not answer, start `vatun serve` again', { cause })
  })
  if (response.ok) return response
  const text = await response.text()
  throw parseError(text) ?? new VatunError('io', `server: answered ${response.status} ${text.slice(0, 100)}`)
}

/** The same, as bytes. */
export async function fetchBytes(url: string, init?: RequestInit): Promise<Uint8Array> {
  return new Uint8Array(await (await fetchResponse(url, init)).arrayBuffer())
}

function parseError(text: string): VatunError | undefined {
  try {
    return errorFromJSON(JSON.parse(text) as SerializedError)
  } catch {
    return undefined
  }
}
