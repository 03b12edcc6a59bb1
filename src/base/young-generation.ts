/** Limits for a worker thread whose memory counts: how much young garbage its heap may hold before it is collected. */

/** Two semi-spaces of 2 MiB, and as much again while one is copied. V8's own choice is 48. */
export const SMALL_YOUNG_GENERATION = { maxYoungGenerationSizeMb: 6 } as const;
