import type { AliasSource } from './alias.ts'
import { SOURCE_000 } from './source-000.ts'
import { SOURCE_001 } from './source-001.ts'
import { SOURCE_003 } from './source-003.ts'
import { SOURCE_004 } from './source-004.ts'

export const ALIASES: readonly AliasSource[] = [SOURCE_000, SOURCE_001, SOURCE_003, SOURCE_004]
