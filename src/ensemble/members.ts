/** The probabilities of the models that vote, checked. */
import { EcommlError } from '../base/errors.js';

/** Model name → one probability a row. The order of the names is the order of the weights. */
export type MemberProbabilities = Readonly<Record<string, Float64Array>>;

/** Throws when there is no member, their lengths differ, or a cell is not within [0, 1]. Returns the number of rows. */
export function checkMembers(members: MemberProbabilities): number {
  const entries = Object.entries(members);
  if (entries.length === 0) throw new EcommlError('NO_MEMBERS', 'An ensemble needs at least one model.');
  const rows = entries[0][1].length;
  for (const [name, probability] of entries) {
    if (probability.length !== rows) {
      const found = `${name} has ${probability.length}, ${entries[0][0]} ${rows}`;
      throw new EcommlError('LENGTH_MISMATCH', `The models differ in their number of probabilities: ${found}.`);
    }
    const bad = probability.findIndex((p) => !(p >= 0 && p <= 1));
    if (bad >= 0) {
      const text = `The probability of row ${bad} by ${name} is ${probability[bad]}, but must be a number from 0 to 1.`;
      throw new EcommlError('BAD_PROBABILITY', text);
    }
  }
  return rows;
}

/** Throws unless there is one label a row, each 0 or 1, and at least one row. Returns the number of positives. */
export function checkLabels(label: Float64Array, rows: number): number {
  if (label.length !== rows)
    throw new EcommlError('LENGTH_MISMATCH', `${label.length} labels were given for ${rows} probabilities.`);
  if (rows === 0)
    throw new EcommlError('NO_ROWS', 'Blending needs rows that no model was trained on, but there are none.', {
      hint: 'Give validation a larger share of the rows (--valid).',
    });
  const bad = label.findIndex((y) => y !== 0 && y !== 1);
  if (bad >= 0) throw new EcommlError('BAD_LABEL', `The label of row ${bad} is ${label[bad]}, but must be 0 or 1.`);
  return label.reduce((sum, y) => sum + y, 0);
}
