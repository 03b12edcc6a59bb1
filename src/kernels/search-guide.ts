/**
 * A table that shortens the search for a value's bin: the range of the borders is cut into equal buckets, and each bucket
 * says which borders can matter there (assembly/binning.ts has the layout). It changes no bin, only the time.
 */
import type { KernelMemory } from './memory.js';

const BUCKETS = 2048;
const HEADER = 32;
/** With fewer borders a plain search is as quick. */
const MIN_BORDERS = 8;
/** With more borders the buckets of doubles, which are counted slowly, cost more than they save. */
const MOST_ORDERED = 65536;
const MAX_BUCKET = BigInt(BUCKETS - 1);

/** Writes the guide of ascending borders; its address, or 0 where none would help. */
export function writeSearchGuide(memory: KernelMemory, borders: Float64Array): number {
  if (borders.length < MIN_BORDERS) return 0;
  const ordered = borders.length > MOST_ORDERED ? undefined : orderedGuide(borders);
  const guides = [linearGuide(borders), ordered].filter((guide) => guide !== undefined);
  if (guides.length === 0) return 0;
  const best = guides.reduce((a, b) => (b.cost < a.cost ? b : a));
  const address = memory.alloc(HEADER + (BUCKETS + 1) * 4);
  memory.i32(address, 2).set([best.kind, best.shift]);
  memory.f64(address + 8, 2).set([best.low, best.inverse]);
  memory.i64(address + 24, 1)[0] = best.origin;
  memory.u32(address + HEADER, BUCKETS + 1).set(best.first);
  return address;
}

interface Guide {
  readonly kind: 1 | 2;
  readonly shift: number;
  readonly low: number;
  readonly inverse: number;
  readonly origin: bigint;
  /** Borders in the buckets before each bucket. */
  readonly first: Uint32Array;
  /** Borders that a value close to a border meets in its bucket, summed over the borders. */
  readonly cost: number;
}

/** Buckets of equal width in x. */
function linearGuide(borders: Float64Array): Guide | undefined {
  const low = borders[0];
  const inverse = BUCKETS / (borders[borders.length - 1] - low);
  if (!Number.isFinite(low) || !Number.isFinite(inverse) || inverse <= 0) return undefined;
  const bucket = (x: number) => Math.trunc(Math.max(0, Math.min((x - low) * inverse, BUCKETS - 1)));
  return { kind: 1, shift: 0, low, inverse, origin: 0n, ...count(borders, bucket) };
}

const double = new Float64Array(1);
const bits = new BigInt64Array(double.buffer);

function bitsOf(x: number): bigint {
  double[0] = x;
  return bits[0];
}

/** Buckets of equal numbers of doubles: nearly equal ratios. For borders of at least 0. */
function orderedGuide(borders: Float64Array): Guide | undefined {
  const last = borders[borders.length - 1];
  if (!(borders[0] >= 0) || !Number.isFinite(last)) return undefined;
  const origin = bitsOf(borders[0] + 0);
  let shift = 0;
  while ((bitsOf(last) - origin) >> BigInt(shift) > MAX_BUCKET) shift++;
  const bucket = (x: number) => Number((bitsOf(x + 0) - origin) >> BigInt(shift));
  return { kind: 2, shift, low: 0, inverse: 0, origin, ...count(borders, bucket) };
}

function count(borders: Float64Array, bucketOf: (x: number) => number): Pick<Guide, 'first' | 'cost'> {
  const inBucket = new Uint32Array(BUCKETS);
  for (let i = 0; i < borders.length; i++) inBucket[bucketOf(borders[i])]++;
  const first = new Uint32Array(BUCKETS + 1);
  let cost = 0;
  for (let k = 0; k < BUCKETS; k++) {
    first[k + 1] = first[k] + inBucket[k];
    cost += inBucket[k] ** 2;
  }
  return { first, cost };
}
