// Writes dist/custom-elements.json of the package in the current folder: what its elements offer to editors and documentation.
// (https://github.com/webcomponents/custom-elements-manifest)
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { create, ts } from '@custom-elements-manifest/analyzer'
import { litPlugin } from '@custom-elements-manifest/analyzer/src/features/framework-plugins/lit/lit.js'

const kit = resolve(process.cwd(), '../view-kit')
const base = 'VatunElement'

/** All class declarations of a package's sources. */
function analyse(folder) {
  const files = readdirSync(join(folder, 'src')).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  const parse = (file) =>
    ts.createSourceFile(`src/${file}`, readFileSync(join(folder, 'src', file), 'utf8'), ts.ScriptTarget.ES2022, true)
  const { modules } = create({ modules: files.map(parse), plugins: litPlugin(), context: { dev: false } })
  return modules.flatMap(({ declarations = [] }) => declarations).filter(({ kind }) => kind === 'class')
}

const isPublic = ({ name, privacy = 'public', static: own, kind }) =>
  privacy === 'public' && !own && !name.startsWith('#') && !(kind === 'method' && lifecycle.has(name))
const lifecycle = new Set([
  'render',
  'updated',
  'firstUpdated',
  'willUpdate',
  'connectedCallback',
  'disconnectedCallback',
])

/** Own and inherited entries by name, own ones first. */
function withBase(own = [], inherited = []) {
  const names = new Set(own.map(({ name }) => name))
  const from = { name: base, package: '@vatun/view-kit' }
  return [
    ...own,
    ...inherited.filter(({ name }) => !names.has(name)).map((entry) => ({ ...entry, inheritedFrom: from })),
  ]
}

const { name, customElements } = JSON.parse(readFileSync('package.json', 'utf8'))
if (customElements !== 'dist/custom-elements.json') throw new Error(`${name}: package.json has no "customElements"`)
const classes = analyse(process.cwd())
const parent = (name === '@vatun/view-kit' ? classes : analyse(kit)).find((found) => found.name === base)
const publicMembers = (members = []) => members.filter(isPublic)
const elements = classes
  .filter(({ customElement, tagName }) => customElement && tagName)
  .map((element) => ({
    ...element,
    members: withBase(publicMembers(element.members), publicMembers(parent.members)),
    attributes: withBase(element.attributes, parent.attributes),
    // Names that reach `dispatchEvent` through a helper are in the @fires tags.
    events: (element.events ?? []).filter(({ name }) => name.startsWith('vatun-')),
    cssProperties: withBase(element.cssProperties, parent.cssProperties),
  }))
if (elements.length === 0) throw new Error(`${name}: no class has an @element tag`)

const manifest = {
  schemaVersion: '1.0.0',
  modules: [
    {
      kind: 'javascript-module',
      path: 'dist/index.js',
      declarations: elements,
      exports: elements.map(({ name }) => ({ kind: 'js', name, declaration: { name, module: 'dist/index.js' } })),
    },
    {
      kind: 'javascript-module',
      path: 'dist/define.js',
      exports: elements.map(({ name, tagName }) => ({
        kind: 'custom-element-definition',
        name: tagName,
        declaration: { name, module: 'dist/index.js' },
      })),
    },
  ],
}
writeFileSync('dist/custom-elements.json', `${JSON.stringify(manifest, null, 2)}\n`)
console.log(`${name}: ${elements.map(({ tagName }) => tagName).join(', ')}`)
