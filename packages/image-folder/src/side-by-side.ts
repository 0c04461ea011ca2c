/**
 * Does the tasks 0 … `count - 1`, some at a time. After one has failed no other begins.
 *
 * @throws What the first task that fails throws, while others may be at work still
 */
export async function sideBySide(count: number, atATime: number, task: (i: number) => Promise<void>): Promise<void> {
  let next = 0
  const work = async () => {
    try {
      while (next < count) await task(next++)
    } catch (error) {
      next = count
      throw error
    }
  }
  await Promise.all(Array.from({ length: atATime }, work))
}
