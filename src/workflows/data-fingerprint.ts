/** A sha256 over the values that a bundle was trained on, so that two bundles can be told to come from the same data. */
import { createHash } from 'node:crypto';
import type { Frame } from '../table/frame.js';

/** Over names, kinds, every cell in column order, categories, and the labels; hexadecimal. */
export function dataFingerprint(frame: Frame, label: Float64Array): string {
  const hash = createHash('sha256');
  hash.update(`${frame.rows}\n`);
  for (const column of frame.columns) {
    hash.update(`${JSON.stringify([column.name, column.kind])}\n`);
    if (column.kind === 'numeric') hash.update(column.values);
    else hash.update(column.codes).update(JSON.stringify(column.categories));
  }
  return hash.update(label).digest('hex');
}
