import { promisify } from 'node:util'
import { constants, zstdCompress, zstdDecompress } from 'node:zlib'

/** What a file of finished jobs is called in `blobs`, and by the index of those that no archive names. */
export const ARCHIVE_MEDIA_TYPE = 'application/vnd.stageline.archive'
/** Told with each job, so that a line says by itself what it is. */
export const ARCHIVE_FORMAT = 'stageline.job/1'

/** A part of the file that is compressed, and read, by itself: so many jobs, one a line, in so many bytes. */
export type Frame = { jobs: number; bytes: number }

/** A reader of one job unpacks no more than the jobs beside it. */
const [MOST_JOBS, MOST_BYTES] = [100, 1_000_000]
/** What a frame may come to, unpacked; a line is smaller than what Postgres holds in one value. */
const UNPACKED_LIMIT = 1_000_000_000

const compress = promisify(zstdCompress)
const decompress = promisify(zstdDecompress)

/** Jobs that share a frame, in their order. */
export function intoFrames<Job extends { bytes: number }>(jobs: readonly Job[]): Job[][] {
  const frames: Job[][] = []
  let bytes = 0
  for (const job of jobs) {
    const last = frames.at(-1)
    bytes += job.bytes
    if (last && last.length < MOST_JOBS && bytes <= MOST_BYTES) last.push(job)
    else {
      frames.push([job])
      bytes = job.bytes
    }
  }
  return frames
}

/** Lines as a frame of their own: frames one after the other are a file that `zstdcat` reads. */
export const packLines = (lines: readonly string[]): Promise<Buffer> =>
  compress(lines.map((line) => `${line}\n`).join(''), { params: { [constants.ZSTD_c_checksumFlag]: 1 } })

export async function unpackLines(frame: Uint8Array): Promise<string[]> {
  const text = (await decompress(frame, { maxOutputLength: UNPACKED_LIMIT })).toString()
  return text.split('\n').slice(0, -1)
}

/** Where the frame lies that has the job, counted from 0, and which of its lines is the job's. */
export function placeOf(frames: readonly Frame[], job: number): { offset: number; bytes: number; line: number } {
  let [offset, before] = [0, 0]
  for (const { jobs, bytes } of frames) {
    if (job < before + jobs) return { offset, bytes, line: job - before }
    offset += bytes
    before += jobs
  }
  throw new RangeError(`The archive has ${before} jobs, not ${job + 1}`)
}
