import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { VatunError } from './errors.js'
import { KERAS_LAYERS, MENDED_LAYERS } from './keras-layers.js'
import { fromKeras3 } from './keras3-topology.js'
import { checkLayersTopology } from './layers-topology.js'
import { nameWeights } from './layers-weights.js'
import { decodeWeights, type TfjsArtifacts } from './tfjs-artifacts.js'

/** A class of layers, as `tf.serialization.registerClass` takes it. */
export type LayerClass = tf.serialization.SerializableConstructor<tf.serialization.Serializable> & {
  readonly className: string
}

/**
 * Builds a layers model and gives it its weights; the caller disposes it. Nothing stays on the device if this rejects.
 * @throws VatunError `bad-input` or `unsupported`, naming layer or weight.
 */
export async function buildLayersModel(
  artifacts: TfjsArtifacts,
  customLayers: readonly LayerClass[],
): Promise<tfl.LayersModel> {
  const registered = tf.serialization.SerializationMap.getMap().classNameMap
  // The user's own classes come first.
  const added = KERAS_LAYERS.filter(({ className }) => !Object.hasOwn(registered, className))
  // What TensorFlow.js itself has written was trained with its own.
  const mended = /^tfjs/.test(String(artifacts.topology.keras_version)) ? [] : MENDED_LAYERS
  const classes = [...added, ...mended, ...customLayers]
  const topology = fromKeras3(artifacts.topology)
  checkLayersTopology(topology, new Set(classes.map(({ className }) => className)))
  const created: tfl.LayerVariable[] = []
  const read = decodeWeights(artifacts, 'openLayersModel')
  try {
    const total = Array.from(read.values()).reduce((sum, { size }) => sum + size, 0)
    // The call builds the model before it returns its promise.
    const model = await withClasses(classes, () =>
      withWeightGuard(total, created, () =>
        tfl.models.modelFromJSON({ modelTopology: topology as tf.io.ModelJSON['modelTopology'] & {} }),
      ),
    )
    const weights = nameWeights(read, model)
    checkShapes(model, weights)
    model.loadWeights(Object.fromEntries(weights))
    return model
  } catch (error) {
    for (const variable of created) variable.dispose()
    if (error instanceof VatunError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new VatunError('bad-input', `openLayersModel: ${reason}`, { cause: error })
  } finally {
    tf.dispose([...read.values()])
  }
}

/** Registers classes for as long as something is built: tfjs does not hand passed ones down to models inside. */
function withClasses<T>(classes: readonly LayerClass[], build: () => T): T {
  const { classNameMap } = tf.serialization.SerializationMap.getMap()
  const before = new Map(classes.map(({ className }) => [className, classNameMap[className]]))
  try {
    for (const layer of classes) tf.serialization.SerializationMap.register(layer)
    return build()
  } finally {
    for (const [name, registered] of before)
      if (registered) classNameMap[name] = registered
      else delete classNameMap[name]
  }
}

type AddWeight = (
  this: tfl.layers.Layer,
  name: string,
  shape: tfl.Shape,
  dtype: tf.DataType | undefined,
  initializer: unknown,
  ...rest: unknown[]
) => tfl.LayerVariable

/**
 * Builds with weights of zeros, since files hold the values: drawing random ones takes long, and a damaged size could take all
 * memory. tfjs builds a model in one synchronous go, so replacing the method of all layers for that long meets no other model.
 * @param total Values that the files hold: the weights may not be more.
 * @param created Is told each weight, to be freed if building fails.
 */
function withWeightGuard<T>(total: number, created: tfl.LayerVariable[], build: () => T): T {
  const prototype = tfl.layers.Layer.prototype as unknown as { addWeight: AddWeight }
  const { addWeight } = prototype
  let left = total
  prototype.addWeight = function (name, shape, dtype, _initializer, ...rest) {
    left -= shape.reduce<number>((product, size) => product * (size ?? Number.NaN), 1)
    if (!(left >= 0))
      throw new VatunError(
        'bad-input',
        `openLayersModel: layer "${this.name}" needs ${name} of [${shape.join(', ')}], but the weight files hold ${total} values for all layers`,
      )
    const variable = addWeight.call(this, name, shape, dtype, tfl.initializers.zeros(), ...rest)
    created.push(variable)
    return variable
  }
  try {
    return build()
  } finally {
    prototype.addWeight = addWeight
  }
}

function checkShapes(model: tfl.LayersModel, weights: ReadonlyMap<string, tf.Tensor>): void {
  for (const { originalName, shape } of model.weights) {
    const found = weights.get(originalName)?.shape
    if (found && found.join() !== shape.join())
      throw new VatunError(
        'bad-input',
        `openLayersModel: weight "${originalName}" is [${found.join(', ')}], the layer expects [${shape.join(', ')}]`,
      )
  }
}
