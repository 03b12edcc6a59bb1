/** Trains a small LightGBM model with the real binary, for tests of what is done with a model. */
import { expect } from 'vitest';
import { ecomml } from './run-binary.js';

/** From `table.csv` of `home`, as `writeTable` makes it, into its folder `output`. */
export async function trainSmallModel(home: string, trees: number, output = 'models/it'): Promise<void> {
  const args = [
    ...['train', '--input', 'table.csv', '--target', 'bought', '--output', output],
    ...['--models', 'lightgbm', '--param', `lightgbm.num_iterations=${trees}`],
  ];
  expect(await ecomml(args, { cwd: home })).toMatchObject({ code: 0 });
}
