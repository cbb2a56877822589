import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

/** A model as training of the same version wrote it: JSON in gzip. */
export const readModelFile = <File>(path: string): File =>
  JSON.parse(gunzipSync(readFileSync(path)).toString('utf8')) as File
