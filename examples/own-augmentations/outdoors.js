/**
 * What a camera outdoors has to stand: fog that lies on the ground, and a scratched lens.
 *
 * @type {import('@vatun/augment').AugmentationModule['augmentations']}
 */
export const augmentations = ({ tf, defineAugmentation, seededRandom }) => [
  defineAugmentation({
    name: 'groundFog',
    label: 'Ground fog',
    parameters: [
      { kind: 'number', name: 'density', label: 'Density', unit: '', min: 0, max: 1 },
      { kind: 'color', name: 'color', label: 'Colour', default: 0.8 },
    ],
    axis: {
      name: 'groundFog',
      label: 'Ground fog',
      parameter: 'density',
      unit: '',
      min: 0,
      max: 1,
      step: 0.01,
      identity: 0,
      degrees: [0, 0.2, 0.4, 0.6, 0.8, 1],
    },
    // Towards the fog's colour, by a share that grows from nothing at the top to the density at the bottom.
    apply(images, { density, color }) {
      const height = images.shape[1]
      const depth = tf.reshape(tf.linspace(0, 1, height), [1, height, 1, 1])
      const share = tf.mul(tf.sqrt(depth), density)
      return tf.add(images, tf.mul(share, tf.sub(tf.tensor(color), images)))
    },
  }),

  defineAugmentation({
    name: 'scratches',
    label: 'Scratches',
    parameters: [
      { kind: 'integer', name: 'count', label: 'Count', unit: '', min: 0, max: 100 },
      { kind: 'integer', name: 'seed', label: 'Seed', unit: '', min: 0, max: 1e6, default: 0 },
    ],
    axis: {
      name: 'scratches',
      label: 'Scratches',
      parameter: 'count',
      unit: '',
      min: 0,
      max: 16,
      step: 1,
      identity: 0,
      degrees: [0, 1, 2, 4, 8, 12, 16],
    },
    // Straight white lines, one pixel wide. The draws belong to the seed and the image: more scratches are the same ones and some others.
    apply(images, { count, seed }, { ids }) {
      const [n, height, width] = images.shape
      const cover = new Float32Array(n * height * width)
      for (let image = 0; image < n; image++) {
        const random = seededRandom(seed, ids?.[image] ?? image)
        for (let scratch = 0; scratch < count; scratch++) {
          const [x, y, angle] = [random() * width, random() * height, random() * Math.PI]
          const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
          for (let row = 0; row < height; row++)
            for (let column = 0; column < width; column++) {
              const distance = Math.abs(sin * (column + 0.5 - x) - cos * (row + 0.5 - y))
              const at = (image * height + row) * width + column
              cover[at] = Math.max(cover[at] ?? 0, 1 - distance)
            }
        }
      }
      const share = tf.tensor4d(cover, [n, height, width, 1])
      return tf.add(images, tf.mul(share, tf.sub(1, images)))
    },
  }),
]
