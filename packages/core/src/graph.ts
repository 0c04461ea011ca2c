export * from './open-graph-model.js'
