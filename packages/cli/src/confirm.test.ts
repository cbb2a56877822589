import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { describe, it } from 'node:test'
import { askPerson, confirm } from './confirm.ts'
import { EXIT } from './exit-codes.ts'

/** Asks somebody who types this, or presses what is called `Ctrl-C`. */
function ask(typed: string, options: { yes?: boolean } = {}) {
  const [input, output, stopping] = [new PassThrough(), new PassThrough(), new AbortController()]
  output.once('data', () => void (typed === 'Ctrl-C' ? stopping.abort() : input.write(`${typed}\n`)))
  const question = (text: string) => askPerson(text, { input, output, signal: stopping.signal })
  return confirm({ question }, 'For good?', options)
}

describe('what cannot be taken back', () => {
  it('is done after a yes', async () => {
    for (const typed of ['y', 'Yes ', 'YES']) await ask(typed)
  })

  it('is not done after anything else', async () => {
    for (const typed of ['n', '', 'yeah', 'Ctrl-C'])
      await assert.rejects(ask(typed), { message: 'Nothing was changed', code: EXIT.interrupted })
  })

  it('is done unasked only with --yes', async () => {
    const nobody = { question: undefined }

    await confirm(nobody, 'For good?', { yes: true })
    await assert.rejects(confirm(nobody, 'For good?', {}), { code: EXIT.usage, mend: ['Say --yes if you mean it'] })
  })
})
