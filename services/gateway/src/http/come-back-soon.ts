/** Seconds, drawn for each: those who are sent away together must not come back together. */
const RETRY_S = { from: 2, to: 8 }

/** For those who are sent away because of something that passes. */
export const comeBackSoon = (): { 'Retry-After': string } => ({
  'Retry-After': String(RETRY_S.from + Math.floor(Math.random() * (RETRY_S.to - RETRY_S.from + 1))),
})
