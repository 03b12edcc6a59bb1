/** Draws features without replacement, for a tree or a node. */
import type { Random } from '../base/random.js';

/** `count` of the given numbers, in their order (all of them when `count` is not smaller). */
export function sampleFeatures(random: Random, from: readonly number[], count: number): number[] {
  if (count >= from.length) return [...from];
  const shuffled = [...from];
  for (let i = 0; i < count; i++) {
    const j = i + random.below(shuffled.length - i);
    [shuffled[i], shuffled[j]] = [shuffled[j], shuffled[i]];
  }
  return shuffled.slice(0, count).sort((a, b) => a - b);
}
