import { toVatunError } from '@vatun/core'

/** Loads an optional package that brings native code; the name is a variable so that bundlers leave it alone. */
export async function loadOptional(name: string): Promise<unknown> {
  try {
    return await import(name)
  } catch (error) {
    const { code } = error as { code?: string }
    if (code === 'ERR_MODULE_NOT_FOUND' && String(error).includes(name)) throw new Error(`${name} is not installed`)
    throw new Error(`${name} does not load: ${reasonOf(error)}`, { cause: error })
  }
}

/** The first line of what was thrown. */
export function reasonOf(error: unknown): string {
  return toVatunError(error, '').message.replace(/^: /, '').split('\n')[0]!.trim()
}
