// The direction of dependencies between packages: core ← augment, explain, patterns, embed, onnx, image-folder ← testing, cli.
const lib = (names) => `^packages/(${names})/src`
const npm = (names) => `node_modules/(${names})`
const test = '\\.test\\.ts$'
const sources = '^packages/(views-lit/)?[^/]+/src'
const forbid = (name, from, to, comment) => ({ name, severity: 'error', comment, from: { ...from }, to })

module.exports = {
  forbidden: [
    forbid(
      'no-cycles',
      {},
      { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
      'Modules must not depend on each other in a circle.',
    ),
    forbid(
      'core-stands-alone',
      { path: lib('core'), pathNot: test },
      { path: sources, pathNot: lib('core') },
      'core imports no other package.',
    ),
    forbid(
      'analyses-import-core-only',
      { path: lib('augment|explain|patterns|embed|onnx|image-folder'), pathNot: test },
      { path: sources, pathNot: [lib('core'), '^packages/$1/src'] },
      'The headless packages know core and themselves.',
    ),
    forbid(
      'backends-import-core-only',
      { path: lib('backend-node|backend-web'), pathNot: test },
      { path: sources, pathNot: [lib('core'), '^packages/$1/src'] },
      'Backends know core and TensorFlow.js backends.',
    ),
    forbid(
      'no-tfjs-in-patterns-and-embed',
      { path: lib('patterns|embed'), pathNot: test },
      { path: npm('@tensorflow') },
      'patterns and embed work on plain arrays.',
    ),
    forbid(
      'no-engine-in-views',
      { path: '^packages/views-lit', pathNot: test },
      { path: npm('@tensorflow|onnxruntime-web') },
      'Views know no engine.',
    ),
    forbid(
      'views-import-core-and-kit',
      { path: '^packages/views-lit/(view-[^/]+)/src' },
      {
        path: sources,
        pathNot: [lib('core'), '^packages/views-lit/view-kit/src', '^packages/views-lit/$1/src'],
        dependencyTypesNot: ['type-only'],
      },
      'Views know core and the kit, not each other.',
    ),
    forbid(
      'nothing-imports-examples-or-tests',
      { path: '^packages' },
      { path: '^(examples|tests)' },
      'Examples and tests are leaves.',
    ),
    forbid(
      'no-paths-into-other-packages',
      { path: '^(packages/(?:views-lit/)?[^/]+)/' },
      { path: sources, pathNot: '^$1/', dependencyTypes: ['local'] },
      'Other packages are imported by name, which their exports limit, never by a path.',
    ),
    forbid(
      'no-unlisted',
      { path: sources, pathNot: test },
      { pathNot: sources, dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown', 'undetermined'] },
      'What is imported must be a declared dependency.',
    ),
    forbid('no-unresolvable', { path: sources }, { couldNotResolve: true }, 'What is imported must exist.'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['/dist/', '/fixtures/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@vatun/source', 'import', 'types', 'default'],
    },
  },
}
