import type { NoAdvance } from './happening.ts'

export const refuse = (code: string, message: string): NoAdvance => ({ refused: { code, message } })
