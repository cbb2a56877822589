/** Preloaded: a row is overwritten whatever has become of it since it was read. */
import { rewriteSource } from './rewrite-source.ts'

rewriteSource('/packages/store/src/queries/record-writes.ts', [[' AND j.revision = c.revision', '']])
