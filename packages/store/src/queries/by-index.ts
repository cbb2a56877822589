/**
 * Among what is selected: from then on the transaction reads rows in the order of an index rather than sorts them. What
 * happened lately is behind all that the planner knows of, so it expects next to nothing there, and would read and sort
 * everything behind a place for each page.
 */
export const BY_INDEX = `set_config('enable_sort', 'off', true)`
