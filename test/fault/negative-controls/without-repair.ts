/** Preloaded: what Redis has lost stays lost. */
import { rewriteSource } from './rewrite-source.ts'

rewriteSource('/services/orchestrator/src/main.ts', [['repairLost(parts)', 'async () => ({ resent: 0, more: false })']])
