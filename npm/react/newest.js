// What a hook keeps of its events. In: all of them, and how many. Out: the newest.

/** The newest `limit`; `slice(-0)` would keep all. */
export const newest = (events, limit) => (limit > 0 ? events.slice(-limit) : []);
