export * from './apply-pipeline.js'
export { type AttackOptions, type AttackResult, attack } from './attacks/attack.js'
export { attackAxes } from './attacks/attack-axes.js'
export type { Norm } from './attacks/attack-steps.js'
export { attacks } from './attacks/attacks.js'
export { type BimOptions, bim } from './attacks/bim.js'
export { type ControlNoiseOptions, controlNoise } from './attacks/control-noise.js'
export { type Epsilon, parseFraction } from './attacks/epsilon.js'
export { fgsm } from './attacks/fgsm.js'
export { attackMargin, type Labels, lossGradient, predictedLabels } from './attacks/loss-gradient.js'
export { type PgdOptions, pgd } from './attacks/pgd.js'
export * from './augmentation.js'
export * from './axes.js'
export { changeImages, disposeImages, type Images } from './change-images.js'
export { checkAugmentation } from './check-augmentation.js'
export { type AxisChoice, type AxisOptions, chooseAxes } from './choose-axes.js'
export { composeAugmentation } from './compose-augmentation.js'
export { type CorruptionConstants, cifarConstants, imageNetConstants } from './corruptions/constants.js'
export {
  type CorruptionName,
  corruptionNames,
  corruptionStepName,
  testedCorruptions,
} from './corruptions/corruption-names.js'
export { corruptions } from './corruptions/corruptions.js'
export {
  type CorruptionError,
  type ErrorTable,
  meanCorruptionError,
  relativeMeanCorruptionError,
} from './corruptions/mean-corruption-error.js'
export { createRegistry, type Registry } from './create-registry.js'
export type { Ids } from './noise-field.js'
export { type AugmentationModule, type ModuleText, openRegistry, type RegistrySpec } from './open-registry.js'
export type { Outside } from './outside.js'
export { type AppliedStep, type ComposedPipeline, describePipeline, pipeline, readPipeline } from './pipeline.js'
export * from './pixel-functions.js'
export { predictChanged } from './predict-changed.js'
export { batchSizeFor, type DegreesRequest, predictDegrees } from './predict-degrees.js'
export { augmentations, builtIn, findAugmentation, readValues } from './registry.js'
export { type SimulationOptions, simulation } from './simulation.js'
export { flipMatrix } from './simulation-flips.js'
export { type SimulationGridPartial, simulationGrid } from './simulation-grid.js'
export type { ClassSums, SimulationPartial } from './simulation-sums.js'
export { splitAxes } from './split-axes.js'
export { sweep } from './sweep.js'
export { type Toolkit, toolkit } from './toolkit.js'
