/** The time so many milliseconds on, as rows hold it. */
export const later = (now: Date, ms: number): string => new Date(now.getTime() + ms).toISOString()
