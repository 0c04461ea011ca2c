export * from './open-onnx-native.js'
