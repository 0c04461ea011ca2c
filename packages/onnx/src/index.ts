export type { OnnxSource } from './open-program.js'
export * from './open-onnx.js'
