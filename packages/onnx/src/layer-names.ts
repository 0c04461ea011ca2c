/**
 * Readable, unique layer names from node names.
 *
 * Exporters write the module path and the operator: `/blocks/blocks.3/c1/Conv`. The rule: split at `/`; drop a last part that
 * only repeats the operator (`Conv`, `Conv_1`); drop a part that the next one repeats with a dot (`blocks`, then `blocks.3`);
 * join with dots. So that becomes `blocks.3.c1`, `/layer1/layer1.0/conv1/Conv` becomes `layer1.0.conv1`, `/ReduceMean` becomes
 * `ReduceMean`, and names without a slash stay as they are. A node without a name is called by its operator. Names that then
 * coincide get `_2`, `_3`, … in order of execution.
 */
export function readableNames(nodes: readonly { readonly name: string; readonly opType: string }[]): string[] {
  const taken = new Set<string>()
  return nodes.map(({ name, opType }) => {
    const base = shorten(name, opType)
    let unique = base
    for (let i = 2; taken.has(unique); i++) unique = `${base}_${i}`
    taken.add(unique)
    return unique
  })
}

function shorten(name: string, opType: string): string {
  if (!name.includes('/')) return name || opType
  const parts = name.split('/').filter((part) => part !== '')
  const last = parts.at(-1)
  if (parts.length > 1 && last !== undefined && (last === opType || isNumbered(last, opType))) parts.pop()
  const short = parts.filter((part, i) => !parts[i + 1]?.startsWith(`${part}.`))
  return short.join('.') || opType
}

function isNumbered(part: string, opType: string): boolean {
  return part.startsWith(`${opType}_`) && /^\d+$/.test(part.slice(opType.length + 1))
}
