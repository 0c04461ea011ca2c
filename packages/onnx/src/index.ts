export * from './open-onnx.js'
