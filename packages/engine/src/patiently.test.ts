import { DataError, SystemError } from '@stageline/domain'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { patiently } from './patiently.ts'

const away = () => new SystemError('store.unavailable', 'The database does not answer')

function setup() {
  const told: string[] = []
  return { told, observer: { trouble: (code: string) => void told.push(code) } }
}

test('what the database did not answer is asked again, and told', async () => {
  const { told, observer } = setup()

  const answer = await patiently(async (tries) => (tries < 3 ? Promise.reject(away()) : tries), { observer })

  assert.equal(answer, 3)
  assert.deepEqual(told, ['store.unavailable', 'store.unavailable'])
})

test('any other error is thrown at once', async () => {
  const { told, observer } = setup()

  await assert.rejects(
    patiently(() => Promise.reject(new DataError('job.bad', 'Bad')), { observer }),
    { code: 'job.bad' },
  )
  assert.deepEqual(told, [])
})

test('patience ends with its signal', async () => {
  const { observer } = setup()
  const stop = new AbortController()

  const asked = patiently(
    (tries) => {
      if (tries === 2) stop.abort()
      return Promise.reject(away())
    },
    { observer, signal: stop.signal },
  )

  await assert.rejects(asked, { code: 'store.unavailable' })
})
