/** Arrays of a forest file in fewer bytes: the same bits back, from files of the first format too. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ArrayCoding, codeArray, codedBytes, decodeArray, leavesOf } from '#ecomml/forest/array-coding.js';
import { forestFromBytes } from '#ecomml/forest/load-forest.js';
import { forestBytes } from '#ecomml/forest/save-forest.js';
import { KernelPool } from '#ecomml/kernels/pool.js';
import { noisyTable, train } from '../trees/random-forest-material.js';

/** Every second node is a leaf. */
const leaves = (length: number) => leavesOf(Int8Array.from({ length }, (_, i) => (i % 2 === 0 ? 0 : -1)));

function back(array: Float64Array | Int32Array, type: 'f64' | 'i32') {
  const ofNodes = leaves(array.length);
  const { bytes, coding } = codeArray(array, ofNodes);
  expect(codedBytes(type, array.length, coding, ofNodes)).toBe(bytes.length);
  return { bytes: bytes.length, coding, array: decodeArray(type, array.length, bytes, coding, ofNodes) };
}

const made = (cell: (i: number) => number, length = 1000) => Float64Array.from({ length }, (_, i) => cell(i));

describe('a coded array', () => {
  it.each<[string, Float64Array, number, ArrayCoding | undefined]>([
    ['one value', made(() => 3), 500, { leaf: 3, as: 'u8' }],
    ['counts', made((i) => i), 2000, { as: 'u16' }],
    ['leaves of one value', made((i) => (i % 2 === 0 ? i * Math.PI : 0)), 4000, { leaf: 0 }],
    ['few values', made((i) => (i % 7) / 3), 1000 + 56, { distinct: 7, as: 'u8' }],
    ['all different', made((i) => Math.sin(i)), 8000, undefined],
  ])('%s', (_, array, bytes, coding) => {
    const found = back(array, 'f64');
    expect({ ...found, array: Float64Array.from(found.array!) }).toEqual({ bytes, coding, array });
  });

  it('gives back any doubles, of either sign of zero, infinite or not a number', () => {
    const cell = fc.oneof(fc.double(), fc.constantFrom(0, -0, Number.NaN, Infinity, -Infinity, 1, 2, -1, 2 ** 32, 0.5));
    fc.assert(
      fc.property(fc.array(cell, { maxLength: 12 }), fc.integer({ min: 1, max: 40 }), (cells, times) => {
        const array = Float64Array.from(Array<number[]>(times).fill(cells).flat());
        const { array: found } = back(array, 'f64');
        expect(Buffer.from(found!.buffer)).toEqual(Buffer.from(array.buffer));
      }),
    );
  });

  it('is refused where its bytes do not fit it', () => {
    const ofNodes = leaves(1000);
    const { bytes, coding } = codeArray(
      made((i) => (i % 7) / 3),
      ofNodes,
    );
    expect(decodeArray('f64', 1001, bytes, coding, ofNodes)).toBeUndefined();
    const wrong = bytes.slice();
    wrong[bytes.length - 1] = 9;
    expect(decodeArray('f64', 1000, wrong, coding, ofNodes)).toBeUndefined();
    expect(codedBytes('f64', 1000, { as: 'u7' } as unknown as ArrayCoding)).toBeUndefined();
    expect(codedBytes('f64', 1000, { leaf: 0 }, leaves(900))).toBeUndefined();
  });
});

describe('a random forest’s file', () => {
  const pool = new KernelPool(1);
  const { forest } = train(pool, noisyTable(5, 4000), { n_estimators: 20 });
  const bytes = forestBytes(forest);

  it('has less than half of the bytes of its arrays', () => {
    // 4 + 3 + 8 + 8 + 8 + 8 + 8 + 8 + 8 a node, cover and hessian counted once.
    expect(bytes.length / forest.feature.length).toBeLessThan(63 / 2);
    expect(forestFromBytes(bytes, 'x')).toEqual(forest);
  });

  it('of the first format, whose arrays lie there as they are, is still read', () => {
    const view = new DataView(bytes.buffer);
    const header = JSON.parse(Buffer.from(bytes.subarray(16, 16 + view.getUint32(12, true))).toString('utf8'));
    const arrays: Buffer[] = [];
    let at = 0;
    const names = Object.keys(header.trees) as (keyof typeof forest)[];
    header.arrays = names.map((name, index) => {
      const array = forest[name] as Float64Array;
      const type = { Float64Array: 'f64', Int32Array: 'i32', Uint32Array: 'u32', Uint8Array: 'u8' }[
        array.constructor.name
      ];
      header.trees[name] = index;
      const padded = Buffer.alloc(Math.ceil(array.byteLength / 8) * 8);
      padded.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
      arrays.push(padded);
      at += padded.length;
      return [type, array.length, at - padded.length];
    });
    const json = Buffer.from(JSON.stringify(header));
    const text = Buffer.alloc(Math.ceil(json.length / 8) * 8, ' ');
    text.set(json);
    const prefix = Buffer.from(bytes.slice(0, 16));
    prefix.writeUInt32LE(1, 8);
    prefix.writeUInt32LE(text.length, 12);
    const whole = Buffer.concat([prefix, text, ...arrays]);
    const file = Buffer.concat([whole, createHash('sha256').update(whole).digest()]);
    expect(forestFromBytes(file, 'x')).toEqual(forest);
  });
});
