type WithoutGaps<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>
}

/** Leaves out members that are `undefined`, for whoever tells an absent member from an undefined one. */
export function withoutGaps<T extends object>(members: T): WithoutGaps<T> {
  // The compiler does not follow members through entries; the type says what the filter does.
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as WithoutGaps<T>
}
