import assert from 'node:assert/strict'
import { test } from 'node:test'
import { intoFrames, packLines, placeOf, unpackLines } from './archive-file.ts'

test('every job is in the frame and line that its place says, whatever their sizes', () => {
  for (const most of [1, 5_000, 20_000, 600_000, 3_000_000]) {
    const jobs = Array.from({ length: 350 }, (_, id) => ({ id, bytes: (id * 7_919_993) % most }))
    const frames = intoFrames(jobs)

    assert.deepEqual(frames.flat(), jobs)
    for (const frame of frames) {
      const sum = frame.reduce((all, job) => all + job.bytes, 0)
      assert.ok(frame.length <= 100 && (frame.length === 1 || sum <= 1_000_000))
    }
    const sized = frames.map((frame) => ({ jobs: frame.length, bytes: 1_000 }))
    for (const { id } of jobs) {
      const { offset, line } = placeOf(sized, id)
      assert.equal(frames[offset / 1_000]![line]!.id, id)
    }
  }
})

test('lines come back as they were', async () => {
  const lines = ['{"a":"ü \\n \u2028"}', '{}']

  assert.deepEqual(await unpackLines(await packLines(lines)), lines)
})

test('a frame that was changed is refused', async () => {
  const frame = await packLines(['{"a":1}'])
  frame[frame.length - 1]! ^= 1

  await assert.rejects(unpackLines(frame), /checksum|corruption/i)
})

test('a job that an archive does not have has no place in it', () => {
  assert.throws(() => placeOf([{ jobs: 2, bytes: 10 }], 2), RangeError)
})
