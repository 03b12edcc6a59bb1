/** The nearest right spelling of a name, for "did you mean". */
import { closest, distance } from 'fastest-levenshtein';

/** The closest of `known` when it is near enough to be a typing slip (a third of its length, at least 2 edits). */
export function suggest(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const wanted = name.toLowerCase();
  const exact = known.find((candidate) => candidate.toLowerCase() === wanted);
  if (exact !== undefined) return exact;
  const nearest = closest(wanted, [...known]);
  return distance(wanted, nearest.toLowerCase()) <= Math.max(2, Math.floor(nearest.length / 3)) ? nearest : undefined;
}

/** ` Did you mean "x"?`, or an empty string when nothing is near. */
export function didYouMean(name: string, known: readonly string[]): string {
  const nearest = suggest(name, known);
  return nearest === undefined ? '' : ` Did you mean "${nearest}"?`;
}
