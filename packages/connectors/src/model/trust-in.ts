/** Providers say 1 too easily; no answer of theirs counts for more. Assumed, until verdicts of people tell (`modelTrustOf`). */
const MOST = 0.95

/** What a model's own confidence counts for: half where its value does not occur in what it was shown. */
export const trustIn = (said: number, isGrounded: boolean): number =>
  round(Math.min(Math.max(Number.isFinite(said) ? said : 0, 0), MOST) * (isGrounded ? 1 : 0.5))

const round = (share: number): number => Math.round(share * 10_000) / 10_000
