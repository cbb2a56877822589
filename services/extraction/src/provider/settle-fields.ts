import { occursIn, type ModelProvider } from '@stageline/connectors'
import type { Field, Fields } from '@stageline/domain'

/**
 * One map from what was read here and what a model said. What machine-readable data or the submitted record say stands.
 * Where the local readers were unsure, two equal values are wrong only if both are, and of two that differ the surer
 * counts; a model that is asked each time stands in their place.
 */
export function settleFields(local: Fields, said: Fields, mode: ModelProvider['mode']): Fields {
  const names = [...new Set([...Object.keys(local), ...Object.keys(said)])]
  return Object.fromEntries(
    names.flatMap((name) => {
      const field = settle(local[name], said[name], mode)
      return field ? [[name, field]] : []
    }),
  )
}

function settle(local: Field | undefined, said: Field | undefined, mode: ModelProvider['mode']): Field | undefined {
  if (local && isGiven(local)) return local
  if (mode === 'always' || !local || !said) return said ?? (mode === 'always' ? undefined : local)
  if (isSame(String(local.value), String(said.value))) {
    return { ...local, confidence: round(1 - (1 - local.confidence) * (1 - said.confidence)) }
  }
  return said.confidence > local.confidence ? said : local
}

const isGiven = ({ source }: Field) => source?.method === 'structured' || source?.method === 'record'

const isSame = (one: string, other: string) => one === other || (occursIn(one, other) && occursIn(other, one))

const round = (share: number) => Math.round(share * 10_000) / 10_000
