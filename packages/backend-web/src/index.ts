export * from './connect-worker.js'
export * from './prepare-backend.js'
