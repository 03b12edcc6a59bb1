/**
 * Adds `rank` and `decile` to a scored file that lies whole on the disk. The rank is over all rows: 1 for the highest
 * probability, and of equal probabilities the earlier row first, so every rank from 1 to the number of rows is there
 * once. The decile is ⌈10 · rank / rows⌉: 1 for the highest tenth. How memory stays constant: external-ranks.ts.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { EcommlError } from '../base/errors.js';
import { OutputFile } from '../table/output-file.js';
import { externalRanks } from './external-ranks.js';
import type { RankColumn } from './output-names.js';
import { type SpoolColumn, spoolRecords } from './spool-records.js';

/**
 * Writes the file's lines with the wanted columns added, in order, to `write`, which is waited for. `probability` is the
 * column to rank by; some 40 bytes a row lie in the new folder `folder` while this runs.
 */
export async function rankRows(
  path: string,
  probability: SpoolColumn,
  wanted: readonly RankColumn[],
  folder: string,
  write: (bytes: Buffer) => Promise<void>,
): Promise<void> {
  mkdirSync(folder);
  try {
    const values = join(folder, 'values');
    const rows = await copyCells(path, probability, values);
    const ranks = inOrder(externalRanks(values, rows, folder));
    const { json } = probability;
    let header = !json;
    for await (const records of spoolRecords(path, probability)) {
      const parts: Buffer[] = [];
      for (const { bytes } of records) {
        if (header) {
          parts.push(bytes, Buffer.from(`,${wanted.join(',')}\n`));
          header = false;
          continue;
        }
        const rank = ranks();
        const value = { rank, decile: Math.ceil((10 * rank) / rows) };
        const cells = wanted.map((name) => (json ? `,"${name}":${value[name]}` : `,${value[name]}`)).join('');
        parts.push(json ? bytes.subarray(0, -1) : bytes, Buffer.from(json ? `${cells}}\n` : `${cells}\n`));
      }
      await write(Buffer.concat(parts));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The column's cells as doubles in a file of their own; the number of rows. */
async function copyCells(path: string, column: SpoolColumn, copy: string): Promise<number> {
  const file = new OutputFile(copy);
  const number = new Float64Array(1);
  const bytes = new Uint8Array(number.buffer);
  let rows = 0;
  try {
    let header = !column.json;
    for await (const records of spoolRecords(path, column))
      for (const { cell } of records) {
        if (!header) {
          number[0] = Number(cell.toString('latin1'));
          if (cell.length === 0 || Number.isNaN(number[0]))
            throw new EcommlError('SPOOL_DAMAGED', `${path}: row ${rows + 1} has no ${column.name}.`, {
              hint: 'Score again.',
            });
          file.write(bytes);
          rows++;
        }
        header = false;
      }
  } finally {
    file.close();
  }
  return rows;
}

/** Ranks one by one. */
function inOrder(parts: Generator<Float64Array>): () => number {
  let part = new Float64Array(0);
  let at = 0;
  return () => {
    if (at === part.length) {
      part = parts.next().value as Float64Array<ArrayBuffer>;
      at = 0;
    }
    return part[at++];
  };
}
