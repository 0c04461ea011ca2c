import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'

/** A node of a test model; attributes are integers. */
export interface TestNode {
  readonly opType: string
  readonly inputs: readonly string[]
  readonly output: string
  readonly attributes?: Readonly<Record<string, number | readonly number[]>>
}

/** Of float32. */
export interface TestInitializer {
  readonly name: string
  readonly dims: readonly number[]
  readonly values: readonly number[]
  /** Name of the file that holds the values instead. */
  readonly location?: string
}

/** Serialises an ONNX model with the input `x`. The first size is a name for a batch of any size. */
export function writeModel(
  size: readonly (number | string)[],
  nodes: readonly TestNode[],
  initializers: readonly TestInitializer[],
  opset = 17,
): Uint8Array {
  const w = new BinaryWriter()
  const message = (field: number, write: () => void) => {
    w.tag(field, WireType.LengthDelimited).fork()
    write()
    w.join()
  }
  const text = (field: number, value: string) => w.tag(field, WireType.LengthDelimited).string(value)
  const int = (field: number, value: number) => w.tag(field, WireType.Varint).int64(value)
  int(1, 8)
  message(8, () => int(2, opset))
  message(7, () => {
    for (const node of nodes)
      message(1, () => {
        for (const input of node.inputs) text(1, input)
        text(2, node.output)
        text(3, node.output)
        text(4, node.opType)
        for (const [name, value] of Object.entries(node.attributes ?? {}))
          message(5, () => {
            text(1, name)
            if (typeof value === 'number') int(3, value)
            else for (const entry of value) int(8, entry)
            int(20, typeof value === 'number' ? 2 : 7)
          })
      })
    text(2, 'test')
    for (const { name, dims, values, location } of initializers)
      message(5, () => {
        for (const dim of dims) int(1, dim)
        int(2, 1)
        if (location === undefined) for (const value of values) w.tag(4, WireType.Bit32).float(value)
        else
          message(13, () => {
            text(1, 'location')
            text(2, location)
          })
        if (location !== undefined) int(14, 1)
        text(8, name)
      })
    message(11, () => {
      text(1, 'x')
      message(2, () =>
        message(1, () => {
          int(1, 1)
          message(2, () => {
            for (const dim of size) message(1, () => (typeof dim === 'string' ? text(2, dim) : int(1, dim)))
          })
        }),
      )
    })
    message(12, () => text(1, nodes.at(-1)!.output))
  })
  return w.finish()
}
