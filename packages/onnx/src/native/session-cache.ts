import type { InferenceSession } from 'onnxruntime-node'

/** Sessions by a key, the most recently used ones kept. */
export interface SessionCache {
  /**
   * Runs a task with the session of that key, which stays until the task is done.
   * @param create Opens the session if it is not there. A key that failed is tried again the next time.
   */
  use<T>(
    key: string,
    create: () => Promise<InferenceSession>,
    task: (session: InferenceSession) => Promise<T>,
  ): Promise<T>
  /** Releases all sessions, each as soon as nothing runs on it. */
  clear(): void
}

interface Entry {
  readonly session: Promise<InferenceSession>
  users: number
  lastUse: number
  dropped: boolean
}

/** How long a session is kept: each has its own copy of the weights. */
export interface SessionCacheOptions {
  /** Sessions at most. */
  readonly limit: number
  /** A session is released when as many uses of others followed its own last one. */
  readonly patience: number
}

/** An empty cache. */
export function createSessionCache({ limit, patience }: SessionCacheOptions): SessionCache {
  const entries = new Map<string, Entry>()
  let uses = 0

  const releaseIfIdle = (entry: Entry): void => {
    if (entry.dropped && entry.users === 0)
      // A session that could not be opened has nothing to release, and who asked for it knows.
      entry.session.then((session) => session.release()).catch(() => {})
  }
  const drop = (key: string, entry: Entry): void => {
    if (entries.get(key) === entry) entries.delete(key)
    entry.dropped = true
    releaseIfIdle(entry)
  }
  const find = (key: string, create: () => Promise<InferenceSession>): Entry => {
    const entry = entries.get(key) ?? { session: create(), users: 0, lastUse: 0, dropped: false }
    entry.lastUse = ++uses
    // Last in the map is most recently used.
    entries.delete(key)
    entries.set(key, entry)
    for (const [oldest, unused] of entries) {
      if (entries.size <= limit && uses - unused.lastUse < patience) break
      drop(oldest, unused)
    }
    return entry
  }

  return {
    async use(key, create, task) {
      const entry = find(key, create)
      entry.users++
      try {
        const session = await entry.session.catch((error: unknown) => {
          drop(key, entry)
          throw error
        })
        return await task(session)
      } finally {
        entry.users--
        releaseIfIdle(entry)
      }
    },
    clear() {
      for (const [key, entry] of entries) drop(key, entry)
    },
  }
}
