export * from './open-layers-model.js'
export * from './tfjs-classifier.js'
export * from './tfjs-network.js'
export * from './tfjs-program.js'
