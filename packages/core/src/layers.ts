export * from './tfjs-classifier.js'
export * from './tfjs-network.js'
