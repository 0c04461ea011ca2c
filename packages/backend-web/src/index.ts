export * from './connect-worker.js'
export type { EngineLife } from './engine-life.js'
export * from './prepare-backend.js'
