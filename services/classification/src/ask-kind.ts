import { occursIn, trustIn, type CallContext, type ModelProvider } from '@stageline/connectors'
import { DocumentKind, type Classification } from '@stageline/domain'
import { z } from 'zod'

const Answer = z.object({
  kind: DocumentKind,
  confidence: z.number().describe('How sure you are, 0 to 1'),
  evidence: z.string().describe('The few words of the document, copied exactly, that tell its kind'),
})

const INSTRUCTIONS = `Say what kind of document it is.
- receipt: of a till or card terminal, for what was paid at once
- invoice: asks for payment; credit_note: takes an invoice back
- product_page: a page of a shop that sells one product
- part_record: electronic parts with part numbers; product_record: other articles as data
- datasheet: the technical data of a component
- other: none of these`

/** Asks the model where its settings say so, and settles it with what was found here. */
export async function askKind(
  local: Classification,
  text: string,
  { provider, context }: { provider: ModelProvider | undefined; context: CallContext },
): Promise<Classification> {
  if (!provider || text.trim() === '') return local
  if (provider.mode === 'low-confidence' && local.confidence >= provider.threshold) return local
  const question = { template: 'classification-v1', instructions: INSTRUCTIONS, text, schema: Answer }
  const { value, shown, call } = await provider.ask(question, context)
  const said = { kind: value.kind, confidence: trustIn(value.confidence, occursIn(shown, value.evidence)) }
  return { ...settle(local, said, provider.mode), modelCalls: [call] }
}

type Said = Pick<Classification, 'kind' | 'confidence'>

/** Two that agree are wrong only if both are; of two that differ the surer counts. */
function settle(local: Classification, said: Said, mode: ModelProvider['mode']): Classification {
  if (local.kind === said.kind) {
    const confidence = mode === 'always' ? said.confidence : 1 - (1 - local.confidence) * (1 - said.confidence)
    return { ...local, ...weighted(local, local.kind, confidence) }
  }
  if (mode === 'low-confidence' && local.confidence >= said.confidence) return local
  return weighted(local, said.kind, said.confidence)
}

/** The kind with its confidence; the others share the rest as before. */
function weighted({ probabilities }: Classification, kind: DocumentKind, confidence: number): Classification {
  const others = Object.entries(probabilities).filter(([name]) => name !== kind)
  const sum = others.reduce((total, [, probability]) => total + probability, 0)
  const share = sum === 0 ? 0 : (1 - confidence) / sum
  const rest = others.map(([name, probability]) => [name, round(probability * share)])
  return {
    kind,
    confidence: round(confidence),
    probabilities: { ...Object.fromEntries(rest), [kind]: round(confidence) },
  }
}

const round = (share: number): number => Math.min(1, Number(share.toFixed(4)))
