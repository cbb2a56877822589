import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

/** A package of this workspace: its folder, what it declares, and its source files. */
export type WorkspacePackage = {
  name: string
  /** Relative to the root. */
  folder: string
  /** The keys of its `exports` map: what others may import of it. */
  exports: string[]
  dependencies: string[]
  devDependencies: string[]
  /** TypeScript files, relative to the folder. */
  files: string[]
}

/** Reads every package below `packages/`, `services/`, `examples/` and `test/` of a checkout. */
export function readWorkspace(root: string): WorkspacePackage[] {
  const manifests = globSync(['{packages,services,examples}/*/package.json', '{examples,test}/package.json'], {
    cwd: root,
  })
  return manifests.toSorted().map((manifest) => readPackage(root, dirname(manifest)))
}

type Manifest = {
  name: string
  exports?: Record<string, string>
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
  devDependencies?: Record<string, string>
}

function readPackage(root: string, folder: string): WorkspacePackage {
  const manifest: Manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
  return {
    name: manifest.name,
    folder,
    exports: Object.keys(manifest.exports ?? {}),
    dependencies: Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }),
    devDependencies: Object.keys(manifest.devDependencies ?? {}),
    files: sourcesOf(root, folder),
  }
}

/** A package inside the folder of another (`examples/own-stage`) has its own sources. */
function sourcesOf(root: string, folder: string): string[] {
  const cwd = join(root, folder)
  const inner = globSync('*/package.json', { cwd }).map((manifest) => `${dirname(manifest)}/`)
  return globSync('**/*.ts', { cwd, exclude: (path) => path.includes('node_modules') })
    .map((file) => relative('.', file))
    .filter((file) => !inner.some((start) => file.startsWith(start)))
}
