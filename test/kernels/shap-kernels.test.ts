// The SHAP kernels against their plain twins, bit for bit, on forests of any kind.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '#ecomml/base/random.js';
import { shapPlan } from '#ecomml/explain/shap-plan.js';
import { shapPlayers } from '#ecomml/explain/shap-players.js';
import { allColumns } from '../explain/brute-force.js';
import { forestCase } from '../forest/arbitrary-forest.js';
import { INPUTS, sampleMatrix } from '../forest/sample-forests.js';
import { expectTwins, memory, withMemory } from './twins.js';

describe('shapTables, shapRows and shapBackground', () => {
  it('are their twins', () => {
    let nonzero = 0;
    fc.assert(
      fc.property(forestCase(5), fc.nat(), ({ forest: bare, rows }, seed) => {
        const random = new Random(seed);
        const cover = bare.cover.map(() => (random.below(5) === 0 ? 0 : random.next()));
        const forest = { ...bare, cover, count: cover, hessian: cover };
        const players = shapPlayers(forest);
        const plan = shapPlan(forest, players);
        const matrix = sampleMatrix(rows, INPUTS);
        const columns = players.ofColumn.length;
        const count = players.inputs.length;
        withMemory((alloc) => {
          const place = (bytes: Uint8Array) => {
            const region = alloc(Math.max(8, bytes.length));
            memory.u8(region.at, bytes.length).set(bytes);
            return region.at;
          };
          const bytesOf = (list: Float64Array | Int32Array | Uint32Array) =>
            new Uint8Array(list.buffer, list.byteOffset, list.byteLength);
          const records = plan.trees.slice();
          let doubles = 0;
          plan.tableSizes.forEach((size, t) => {
            records[t * 6 + 3] = doubles;
            doubles += size;
          });
          const nodes = place(plan.nodes);
          const trees = place(bytesOf(records));
          const points = place(bytesOf(plan.points));
          const sets = place(bytesOf(forest.setWords));
          const cells = place(
            bytesOf(Float64Array.from(rows.flatMap((_, row) => [...allColumns(forest, matrix, row)]))),
          );
          const tables = alloc(doubles * 8);
          for (let t = 0; t < plan.tableSizes.length; t++)
            expectTwins('shapTables', [nodes, trees + t * 24, tables.at, points], tables);
          const scratch = alloc((plan.maxDepth + 1) * (36 + 16 * plan.maxPoints) + 8 * plan.maxPoints).at;
          const side = plan.maxPlayers + 1;
          const factors = place(
            bytesOf(
              Float64Array.from({ length: 2 + side * side }, (_, i) => [side, plan.maxDepth][i] ?? random.next()),
            ),
          );
          for (const pairs of [0, 1]) {
            const out = alloc(5 * count ** (1 + pairs) * 8);
            const values = memory.f64(out.at, out.bytes / 8);
            values.fill(0);
            const range = [count, 1, 5];
            const task = [nodes, trees, plan.tableSizes.length];
            expectTwins(
              'shapRows',
              [...task, tables.at, points, sets, cells, columns, ...range, plan.maxDepth, scratch, pairs, out.at],
              out,
            );
            nonzero += values.filter((value) => value !== 0).length;
            expectTwins(
              'shapBackground',
              [...task, sets, cells, columns, cells, 2, ...range, factors, scratch, pairs, out.at],
              out,
            );
            expect(values.subarray(0, count ** (1 + pairs)).every((value) => value === 0)).toBe(true);
          }
        });
      }),
      { numRuns: process.env.ECOMML_LONG_TESTS ? 1500 : 150 },
    );
    expect(nonzero).toBeGreaterThan(2000);
  });
});
