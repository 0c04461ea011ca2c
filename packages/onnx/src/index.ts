export * from './open-onnx.js'
export type { OnnxSource } from './open-program.js'
