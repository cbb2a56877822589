import type { LoadedJob } from './ports/index.ts'

/**
 * What a step reads: the job's input merged with the outputs of the steps before it, in the order of the definition;
 * later ones win.
 */
export function inputOfStep(
  { input, outputs }: Pick<LoadedJob, 'input' | 'outputs'>,
  ancestors: readonly string[],
): Record<string, unknown> {
  return Object.assign({}, ...[input, ...ancestors.map((key) => outputs[key])].filter(isPlainObject))
}

const isPlainObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value)
