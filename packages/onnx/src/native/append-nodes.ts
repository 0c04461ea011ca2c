import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'

/** A node to append, whose one output becomes an output of the graph. */
export interface NewNode {
  readonly opType: string
  readonly input: string
  readonly output: string
  /** Integer attributes. */
  readonly attributes?: Readonly<Record<string, number | readonly number[]>>
}

// Field numbers of the ONNX IR specification; see `proto.ts`.
const MODEL = { graph: 7 }
const GRAPH = { node: 1, output: 12 }
const NODE = { input: 1, output: 2, opType: 4, attribute: 5 }
const ATTRIBUTE = { name: 1, i: 3, ints: 8, type: 20 }
const ATTRIBUTE_TYPES = { int: 2, ints: 7 }
const VALUE_INFO = { name: 1 }

/**
 * Adds nodes and graph outputs to a serialised model without decoding it. Protocol Buffers merge a message that occurs twice,
 * repeated fields end to end, so that a second graph with nothing but the additions is all there is to write.
 */
export function appendNodes(model: Uint8Array, nodes: readonly NewNode[]): Uint8Array {
  const writer = new BinaryWriter()
  nested(writer, MODEL.graph, () => {
    for (const node of nodes) nested(writer, GRAPH.node, () => writeNode(writer, node))
    for (const { output } of nodes) nested(writer, GRAPH.output, () => text(writer, VALUE_INFO.name, output))
  })
  const addition = writer.finish()
  const edited = new Uint8Array(model.length + addition.length)
  edited.set(model)
  edited.set(addition, model.length)
  return edited
}

function writeNode(writer: BinaryWriter, { opType, input, output, attributes = {} }: NewNode): void {
  text(writer, NODE.input, input)
  text(writer, NODE.output, output)
  text(writer, NODE.opType, opType)
  for (const [name, value] of Object.entries(attributes))
    nested(writer, NODE.attribute, () => {
      text(writer, ATTRIBUTE.name, name)
      if (typeof value === 'number') integer(writer, ATTRIBUTE.i, value)
      else for (const entry of value) integer(writer, ATTRIBUTE.ints, entry)
      integer(writer, ATTRIBUTE.type, typeof value === 'number' ? ATTRIBUTE_TYPES.int : ATTRIBUTE_TYPES.ints)
    })
}

function nested(writer: BinaryWriter, field: number, write: () => void): void {
  writer.tag(field, WireType.LengthDelimited).fork()
  write()
  writer.join()
}

function text(writer: BinaryWriter, field: number, value: string): void {
  writer.tag(field, WireType.LengthDelimited).string(value)
}

function integer(writer: BinaryWriter, field: number, value: number): void {
  writer.tag(field, WireType.Varint).int64(value)
}
