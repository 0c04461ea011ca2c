// Times things against each other on a machine that others use as well.
import { median } from './bench-data.mjs'

/** A timed turn lasts at least this long, so that one interrupt does not decide it. */
const TURN = 200
/** Before a turn: the threads of the one before may still spin, waiting for work. */
const REST = 50

/**
 * Runs every task once a round, in turn, after one untimed round: `{ wall, cpu }` in milliseconds per task, one entry a round. A
 * short task runs several times in its turn. Every round starts with another task, for on machines with a busy neighbour the place
 * in the round can decide which core a task wakes up on.
 */
export async function interleave(tasks, rounds) {
  const times = Object.fromEntries(Object.keys(tasks).map((name) => [name, { wall: [], cpu: [] }]))
  const repeats = {}
  for (const [name, task] of Object.entries(tasks)) {
    await task()
    const { wall } = await turn(task, 1)
    repeats[name] = Math.max(1, Math.round(TURN / wall))
  }
  const order = Object.entries(tasks)
  for (let round = 0; round < rounds; round++) {
    for (const [name, task] of order) {
      const { wall, cpu } = await turn(task, repeats[name])
      times[name].wall.push(wall)
      times[name].cpu.push(cpu)
    }
    order.push(order.shift())
  }
  return times
}

async function turn(task, repeats) {
  await new Promise((resolve) => setTimeout(resolve, REST))
  const before = process.cpuUsage()
  const started = performance.now()
  for (let i = 0; i < repeats; i++) await task()
  const wall = performance.now() - started
  const { user, system } = process.cpuUsage(before)
  return { wall: wall / repeats, cpu: (user + system) / 1000 / repeats }
}

/** Median and spread of `a / b`, round by round; in brackets the median by CPU time. */
export function ratio(a, b) {
  const rounds = a.wall.map((ms, i) => ms / b.wall[i])
  const cpu = median(a.cpu.map((ms, i) => ms / b.cpu[i]))
  return {
    value: median(rounds),
    text: `${median(rounds).toFixed(2)} (${Math.min(...rounds).toFixed(2)} … ${Math.max(...rounds).toFixed(2)}; by CPU time ${cpu.toFixed(2)})`,
  }
}

/** Images a second at the median. */
export function rate({ wall }, images) {
  return (1000 * images) / median(wall)
}
