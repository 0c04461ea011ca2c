// Times things against each other on a machine that others use as well.
import { median } from './bench-data.mjs'

/** Runs every task once a round, in turn, after one untimed round: `{ wall, cpu }` in milliseconds per task, one entry a round. */
export async function interleave(tasks, rounds) {
  const times = Object.fromEntries(Object.keys(tasks).map((name) => [name, { wall: [], cpu: [] }]))
  for (let round = -1; round < rounds; round++)
    for (const [name, task] of Object.entries(tasks)) {
      const before = process.cpuUsage()
      const started = performance.now()
      await task()
      const wall = performance.now() - started
      const used = process.cpuUsage(before)
      if (round < 0) continue
      times[name].wall.push(wall)
      times[name].cpu.push((used.user + used.system) / 1000)
    }
  return times
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
