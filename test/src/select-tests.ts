import { globSync } from 'node:fs'

/** What one can ask for by name; everything that a pipeline runs is all of it but `containers` and `bench`. */
export const SELECTIONS = ['unit', 'flow', 'fault', 'security', 'browser', 'containers', 'bench'] as const
export type Selection = (typeof SELECTIONS)[number]

/** These take an engine of containers, or long: they are asked for by name. */
const BY_NAME_ONLY: readonly Selection[] = ['containers', 'bench']

/** @returns paths of test files relative to `root`. */
export function selectTests(root: string, only?: Selection): string[] {
  const files = globSync('{packages,services,examples,test,tools,training}/**/*.test.ts', {
    cwd: root,
    exclude: (path) => path.includes('node_modules'),
  }).toSorted()
  return files.filter((file) => (only ? selectionOf(file) === only : !BY_NAME_ONLY.includes(selectionOf(file))))
}

export const selectionOf = (file: string): Selection =>
  SELECTIONS.find((selection) => file.startsWith(`test/${selection}/`)) ?? 'unit'
