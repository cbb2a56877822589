import { occursIn, trustIn, type ModelProvider } from '@stageline/connectors'
import { nameOfModel, recordText, type Fields, type ModelTrust } from '@stageline/domain'
import { z } from 'zod'
import { missingFields, unchanged, type Automation } from './automation.ts'
import { textOf } from './text-of.ts'

const Said = z.object({
  value: z.string().nullable().describe('null where the fields do not tell it'),
  confidence: z.number().describe('How sure you are, 0 to 1'),
})

/** A language model that reads what is missing out of what is there: a maker or a package named in a description. */
export const modelAutomation = (provider: ModelProvider): Automation => ({
  name: 'model',
  callsOut: true,
  async enrich(kind, fields, context) {
    const missing = missingFields(kind, fields)
    const known = Object.keys(fields).flatMap((name) => {
      const value = textOf(fields, name)
      return value === undefined ? [] : [[name, value]]
    })
    if (missing.length === 0 || known.length === 0) return unchanged(fields)
    const question = {
      template: 'enrichment-v1',
      instructions: `The document lists the known fields of a ${kind.replaceAll('_', ' ')}. Tell the missing ones that they give away.`,
      text: recordText(Object.fromEntries(known)),
      schema: z.object(Object.fromEntries(missing.map((name) => [name, Said]))),
    }
    const trust = await context.modelTrust()
    const { value, shown, call } = await provider.ask(question, context)
    const speaker = { shown, model: nameOfModel(call), trust }
    const added = additions(value, speaker)
    return { fields: { ...fields, ...added }, filled: Object.keys(added), matches: [], modelCalls: [call] }
  },
})

type Speaker = { shown: string; model: string; trust: ModelTrust }

const additions = (answer: Record<string, z.infer<typeof Said>>, { shown, model, trust }: Speaker): Fields =>
  Object.fromEntries(
    Object.entries(answer).flatMap(([name, { value, confidence }]) => {
      const text = value?.replaceAll('\0', '').toWellFormed().trim().slice(0, MAX_LENGTH)
      if (!text) return []
      const isGrounded = occursIn(shown, text)
      const said = trustIn(confidence, isGrounded)
      const source = { method: 'model' as const, ...(isGrounded ? {} : { grounded: false }), model, said }
      return [[name, { value: text, confidence: trust({ model, field: name, said }), source }]]
    }),
  )

const MAX_LENGTH = 2_000
