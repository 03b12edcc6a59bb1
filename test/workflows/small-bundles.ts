/** Bundles that tests of reports and explanations share: of a table with hostile names, and the same as an older ecomml left it. */
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Bundle } from '#ecomml/bundle/bundle.js';
import { writeBundleFolder } from '#ecomml/bundle/folder.js';
import type { RowExplanation } from '#ecomml/explain/explanation-data.js';
import type { TrainOptions } from '#ecomml/workflows/options.js';
import { train } from '#ecomml/workflows/train.js';
import { contextOf, smallTraining } from './small-training.js';

/** 600 rows: bought by price and by "brand <b>"; a column called like a tag. */
export function tableText(rows: number, labels = true): string {
  const lines = [`id,price,brand,<script>alert(1)</script>,flag${labels ? ',bought' : ''}`];
  for (let i = 0; i < rows; i++) {
    const price = (i * 37) % 100;
    const brand = ['acme', 'b & <b>', '"q"', ''][i % 4];
    const bought = price + (i % 4 === 1 ? 30 : 0) + ((i * 13) % 29) > 95 ? 'yes' : 'no';
    const cell = brand.includes('"') ? '"""q"""' : brand;
    lines.push(`r${i},${i % 17 === 0 ? '' : price},${cell},${(i * 7) % 11},${i % 2}${labels ? `,${bought}` : ''}`);
  }
  return `${lines.join('\n')}\n`;
}

/** Trains `<home>/models/table` on `<home>/table.csv`, which it writes and names. */
export async function tableBundle(home: string, changes: Partial<TrainOptions> = {}): Promise<string> {
  const input = join(home, 'table.csv');
  writeFileSync(input, tableText(600));
  const output = join(home, 'models', 'table');
  const own = { input, output, target: 'bought', id: ['id'], split: { by: 'random' }, ...changes } as const;
  await train(smallTraining(own), contextOf(2));
  return input;
}

/** The bundle `table` without the rows kept, as `older`. */
export async function olderBundle(home: string): Promise<void> {
  const old = Bundle.open(join(home, 'models', 'table'));
  await writeBundleFolder(join(home, 'models', 'older'), async (folder) => {
    cpSync(old.folder, folder, {
      recursive: true,
      filter: (path) => !path.endsWith('kept-rows.json.gz') && !path.endsWith('bundle.json'),
    });
    return old.manifest;
  });
}

/** What the base and all points sum to. */
export const total = ({ base, contributions, rest }: Pick<RowExplanation, 'base' | 'contributions' | 'rest'>): number =>
  contributions.reduce((sum, { points }) => sum + points, base) + rest.points;
