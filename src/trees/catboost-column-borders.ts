/** Borders of all numeric columns of a table, the sorting of their values shared out to the pool. It does not bin. */
import { inputRejected } from '../base/errors.js';
import type { KernelPool } from '../kernels/pool.js';
import type { Matrix } from '../table/matrix.js';
import { borderSample, bordersOfSample, type NumericBorders } from './catboost-borders.js';
import type { CatboostSettings } from './catboost-settings.js';

/** Bytes that `sortNumbers` counts digits in. */
const DIGIT_BYTES = 49_152;

/** By index of the column. Throws `MISSING_FORBIDDEN` where a value is missing under nan_mode Forbidden. */
export function numericColumnBorders(
  pool: KernelPool,
  { borderCount, borderType, nanMode }: CatboostSettings,
  { columns, rows }: Matrix,
): Map<number, NumericBorders> {
  const found = new Map<number, NumericBorders>();
  const numeric = columns.map((_, index) => index).filter((index) => columns[index].kind === 'numeric');
  for (let first = 0; first < numeric.length; first += pool.threads) {
    const mark = pool.memory.mark();
    const calls: number[][] = [];
    const samples = numeric.slice(first, first + pool.threads).map((index) => {
      const { present, missing } = borderSample(columns[index].values, rows);
      const [values, spare, digits] = [present.length * 8, present.length * 8, DIGIT_BYTES].map((bytes) =>
        pool.memory.alloc(bytes),
      );
      calls.push([values, present.length, spare, digits]);
      pool.memory.f64(values, present.length).set(present);
      return { index, missing, values, length: present.length };
    });
    pool.run('sortNumbers', calls);
    for (const { index, missing, values, length } of samples) {
      if (missing && nanMode === 'Forbidden') {
        throw inputRejected(
          'MISSING_FORBIDDEN',
          `Column "${columns[index].name}" has missing values, which catboost.nan_mode=Forbidden does not allow.`,
          'Fill them in, or choose catboost.nan_mode=Min or Max.',
        );
      }
      const present = pool.memory.f64(values, length);
      found.set(index, bordersOfSample({ present, missing }, borderCount, borderType, nanMode));
    }
    pool.memory.release(mark);
  }
  return found;
}
