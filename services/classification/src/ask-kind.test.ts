import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ModelAnswer, ModelProvider, Question } from '@stageline/connectors'
import { TransientError, type Classification } from '@stageline/domain'
import { askKind } from './ask-kind.ts'
import { shippedModels } from './models.ts'
import { classificationStage } from './stage.ts'

const TEXT = 'Harbour Light Ltd\nInvoice INV-77'

describe('the model provider of classification', () => {
  it('is not asked where the local models are sure', async () => {
    const { provider, asked } = providerThatSays('receipt', 0.9)

    const result = await askKind(local('invoice', 0.9), TEXT, { provider, context })

    assert.deepEqual([result, asked.length], [local('invoice', 0.9), 0])
  })

  it('makes a kind surer that both say', async () => {
    const { provider } = providerThatSays('invoice', 0.8)

    const { kind, confidence, probabilities, modelCalls } = await askKind(local('invoice', 0.6), TEXT, {
      provider,
      context,
    })

    assert.deepEqual([kind, confidence], ['invoice', 0.92])
    assert.deepEqual(probabilities, { invoice: 0.92, other: 0.08 })
    assert.equal(modelCalls?.length, 1)
  })

  it('wins where it is surer, not where it is less so', async () => {
    const surer = providerThatSays('receipt', 0.9)
    const lessSo = providerThatSays('receipt', 0.4)

    const won = await askKind(local('invoice', 0.6), TEXT, { ...surer, context })
    const lost = await askKind(local('invoice', 0.6), TEXT, { ...lessSo, context })

    assert.deepEqual([won.kind, won.confidence, won.probabilities.receipt], ['receipt', 0.9, 0.9])
    assert.deepEqual([lost.kind, lost.confidence, lost.modelCalls?.length], ['invoice', 0.6, 1])
  })

  it('counts for half when its evidence does not stand in the document', async () => {
    const { provider } = providerThatSays('receipt', 0.9, 'Thank you for shopping')

    const { kind, confidence } = await askKind(local('invoice', 0.6), TEXT, {
      provider: { ...provider, mode: 'always' },
      context,
    })

    assert.deepEqual([kind, confidence], ['receipt', 0.45])
  })

  it('stands in the place of the local models when it is asked each time', async () => {
    const { provider } = providerThatSays('receipt', 0.7)

    const { kind, confidence } = await askKind(local('invoice', 0.99), TEXT, {
      provider: { ...provider, mode: 'always' },
      context,
    })

    assert.deepEqual([kind, confidence], ['receipt', 0.7])
  })

  it('sees the fields of a record, and its failure is that of the step', async () => {
    const { provider, asked } = providerThatSays('other', 0.9)
    const stage = (given: ModelProvider) => classificationStage({ models: shippedModels(), reader, provider: given })
    const failing: ModelProvider = {
      ...provider,
      ask: () => Promise.reject(new TransientError('model.malformed_answer', 'x')),
    }
    const input = { record: { colour: 'red' } }

    const { modelCalls } = stage(provider).output.parse(await stage(provider).handle(input, context as never))

    assert.deepEqual([asked[0]?.text, modelCalls?.[0]?.model], ['colour: red', 'stub'])
    assert.equal(stage(provider).callsOut, true)
    await assert.rejects(async () => stage(failing).handle(input, context as never), { code: 'model.malformed_answer' })
  })
})

const context = { signal: new AbortController().signal, idempotencyKey: 'job/step', now: new Date() }

const reader = { read: () => Promise.reject(new Error('Nothing is read here')) }

const local = (kind: Classification['kind'], confidence: number): Classification => ({
  kind,
  confidence,
  probabilities: { [kind]: confidence, other: 1 - confidence },
})

function providerThatSays(kind: Classification['kind'], confidence: number, evidence = 'Invoice INV-77') {
  const asked: Question<unknown>[] = []
  const call = { template: 't', provider: 'p', model: 'stub', promptSha256: '0', durationMs: 1 }
  const ask = async <Value>(question: Question<Value>): Promise<ModelAnswer<Value>> => {
    asked.push(question)
    return { value: question.schema.parse({ kind, confidence, evidence }), shown: question.text, call }
  }
  const provider: ModelProvider = { mode: 'low-confidence', threshold: 0.7, ask }
  return { provider, asked }
}
