export * from './check-robustness.js'
export * from './expect-robust.js'
export type { AxisRequirement, Bound, PipelineRequirement, Requirement } from './requirement.js'
