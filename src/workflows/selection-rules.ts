/** By what `train --select` drops features: the kinds of suspects, a scrambled future, and null importances. */
export const SELECTION_RULES = [
  'constant',
  'duplicate',
  'leak',
  'unstable',
  'shift',
  'future',
  'null-importance',
] as const;

export type SelectionRule = (typeof SELECTION_RULES)[number];
