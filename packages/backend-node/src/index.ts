export * from './bundle-folder.js'
export type { WorkerInit } from './pool-messages.js'
export * from './prepare-backend.js'
export { registerTensorflowKernels } from './tensorflow-kernels.js'
