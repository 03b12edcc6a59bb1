// The split scans of LightGBM and XGBoost against their plain twins, bit for bit, over random histograms and parameters.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '#ecomml/base/random.js';
import { expectTwins, memory, withMemory } from './twins.js';

const UNIT = 2 ** -40;
const PACKED_UNIT = 2 ** -4;

/** A histogram of `bins` bins, some empty; returns Σg and Σh as doubles. */
function randomHistogram(random: Random, at: number, bins: number): [number, number] {
  const view = memory.i64(at, bins * 2);
  let [g, h] = [0, 0];
  for (let bin = 0; bin < bins; bin++) {
    const rows = random.next() < 0.3 ? 0 : random.below(40);
    view[bin * 2] = BigInt(Math.round((random.next() - 0.5) * rows * 2 ** 40));
    view[bin * 2 + 1] = BigInt(Math.round(random.next() * rows * 2 ** 38));
    g += Number(view[bin * 2]) * UNIT;
    h += Number(view[bin * 2 + 1]) * UNIT;
  }
  return [g, h];
}

/** The same of quantized gradients: g of −2 … 2 and h of 0 … 4 a row. */
function randomPacked(random: Random, at: number, bins: number): [number, number] {
  const view = memory.i64(at, bins);
  let [g, h] = [0, 0];
  for (let bin = 0; bin < bins; bin++) {
    const rows = random.next() < 0.3 ? 0 : random.below(40);
    const sums = [Math.round((random.next() - 0.5) * rows * 4), Math.round(random.next() * rows * 4)];
    view[bin] = (BigInt(sums[0]) << 32n) + BigInt(sums[1]);
    g += sums[0];
    h += sums[1];
  }
  return [g * PACKED_UNIT, h * PACKED_UNIT];
}

const regularization = fc.record({
  l1: fc.constantFrom(0, 0, 0.4),
  l2: fc.constantFrom(0, 1, 3),
  maxDelta: fc.constantFrom(0, 0, 0.2),
  smooth: fc.constantFrom(0, 0, 5),
});

describe('scan kernels', () => {
  it.each(['scanLightgbm', 'scanPackedLightgbm'] as const)('%s', (kernel) => {
    const packed = kernel === 'scanPackedLightgbm';
    const entry = packed ? 8 : 16;
    const unit = packed ? PACKED_UNIT : UNIT;
    let splits = 0;
    let sets = 0;
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            bins: fc.integer({ min: 2, max: 60 }),
            missing: fc.constantFrom(0, 1, 2),
            sets: fc.constantFrom(false, false, true),
          }),
          {
            minLength: 1,
            maxLength: 6,
          },
        ),
        regularization,
        fc.constantFrom(0, 5, 20),
        fc.boolean(),
        fc.record({
          catL2: fc.constantFrom(0, 10),
          catSmooth: fc.constantFrom(1, 10),
          threshold: fc.constantFrom(2, 32),
          toOneHot: fc.constantFrom(4, 30),
          perGroup: fc.constantFrom(1, 20),
        }),
        fc.nat(),
        (features, { l1, l2, maxDelta, smooth }, minData, extra, rules, seed) => {
          withMemory((alloc) => {
            const random = new Random(seed);
            const descriptors = alloc(features.length * 64);
            const [params, out, own, room] = [alloc(272), alloc(features.length * 64), alloc(61 * 32), alloc(61 * 16)];
            const scratch = features.map(() => alloc(60 * 24));
            for (const { at, bytes } of scratch) memory.u8(at, bytes).fill(0);
            let [g, h] = [0, 0];
            const all = features.length * 61 * entry;
            const hist = alloc(all + 16);
            features.forEach(({ bins, missing, sets: categorical }, f) => {
              [g, h] = (packed ? randomPacked : randomHistogram)(random, hist.at + f * 61 * entry, bins);
              const only = extra ? random.below(bins - 1) : -1;
              const active = random.next() < 0.9 && !categorical ? 1 : 0;
              const direction = random.below(3) - 1;
              const words = [
                f * 61 * entry,
                bins,
                missing,
                random.below(bins),
                random.below(2),
                active,
                only,
                direction,
              ];
              const address = random.next() < 0.5 ? own.at : 0;
              const place = random.next() < 0.5 ? [0, 0, 0] : [1, random.below(bins), room.at];
              memory
                .i32(descriptors.at + f * 64, 14)
                .set([...words, address, ...place, categorical ? 1 : 0, scratch[f].at]);
            });
            memory.u8(out.at, out.bytes).fill(0);
            const limits = Float64Array.from(
              { length: own.bytes / 8 },
              (_, i) => random.next() - (i % 2 === 0 ? 0.8 : 0.2),
            );
            memory.f64(own.at, limits.length).set(limits);
            const rows = Math.max(1, Math.round(h * 5));
            const numbers = [unit, unit, g, h + 2e-15, rows, 0.1, l1, l2, maxDelta, smooth, 0.01, minData, 1e-3];
            const bounds = random.next() < 0.5 ? [0, 0, 0] : [1, -random.next(), random.next()];
            const rowsOfUnit = packed || random.next() < 0.3 ? 5 * unit : 0;
            const units = [Math.round(g / unit), Math.round(h / unit)];
            memory.f64(params.at, 19).set([...numbers, ...bounds, rowsOfUnit, ...units]);
            // A column of one bin that holds more than any feature: what is left of it is no negative hessian.
            const most = packed ? [2n ** 20n] : [-(2n ** 44n), 2n ** 51n];
            memory.i64(hist.at + all, most.length).set(most);
            memory.f64(params.at + 192, 2).set([all, 1]);
            const { catL2, catSmooth, threshold, toOneHot, perGroup } = rules;
            const beaten = random.next() * 0.02;
            memory
              .f64(params.at + 208, 8)
              .set([g, h + 2e-15, beaten, l2 + catL2, catSmooth, threshold, toOneHot, perGroup]);
            const set = features.map(({ bins }, f) => ({ at: scratch[f].at, bytes: bins * 4 }));
            expectTwins(kernel, [hist.at, descriptors.at, 0, features.length, params.at, out.at], out, ...set);
            features.forEach((feature, f) => {
              if (feature.sets) sets += memory.f64(out.at + f * 64 + 48, 1)[0];
            });
            splits += memory.f64(out.at + 48, 1)[0];
          });
        },
      ),
      { numRuns: 600 },
    );
    expect(splits).toBeGreaterThan(50);
    expect(sets).toBeGreaterThan(50);
  });

  it('scanXgboost', () => {
    let splits = 0;
    let sets = 0;
    fc.assert(
      fc.property(
        fc.array(fc.record({ bins: fc.integer({ min: 1, max: 120 }), missing: fc.boolean(), sets: fc.boolean() }), {
          minLength: 1,
          maxLength: 6,
        }),
        regularization,
        fc.constantFrom(0, 0.01, 1, 8),
        fc.boolean(),
        fc.nat(),
        (features, { l1, l2, maxDelta }, minWeight, constrained, seed) => {
          withMemory((alloc) => {
            const random = new Random(seed);
            const descriptors = alloc(features.length * 32);
            const [params, out] = [alloc(128), alloc(features.length * 64)];
            let [g, h] = [0, 0];
            const hist = alloc(features.length * 121 * 16);
            const SCRATCH = 120 * 24 + 24_576;
            const scratch = alloc(features.length * SCRATCH);
            memory.u8(scratch.at, scratch.bytes).fill(0);
            features.forEach(({ bins, missing, sets: categorical }, f) => {
              [g, h] = randomHistogram(random, hist.at + f * 121 * 16, bins + (missing ? 1 : 0));
              const active = random.next() < 0.9 ? 1 : 0;
              memory
                .i32(descriptors.at + f * 32, 8)
                .set([
                  f * 121 * 16,
                  bins,
                  missing ? 1 : 0,
                  active,
                  constrained && !categorical ? random.below(3) - 1 : 0,
                ]);
              memory.i32(descriptors.at + f * 32 + 20, 3).set([categorical ? 1 : 0, scratch.at + f * SCRATCH, 0]);
            });
            memory.u8(out.at, out.bytes).fill(0);
            const f32 = Math.fround;
            const numbers = [UNIT, UNIT, g, h, f32(0.5), f32(l2), f32(l1), f32(maxDelta), f32(minWeight)];
            const bounds = constrained ? [1, f32(-0.3), f32(0.4)] : [0, 0, 0];
            memory.f64(params.at, 14).set([...numbers, ...bounds, random.below(9), 1 + random.below(70)]);
            const orders = features.map(({ bins }, f) => ({ at: scratch.at + f * SCRATCH, bytes: bins * 4 }));
            expectTwins(
              'scanXgboost',
              [hist.at, descriptors.at, 0, features.length, params.at, out.at],
              out,
              ...orders,
            );
            features.forEach(({ sets: categorical }, f) => {
              if (memory.f64(out.at + f * 64, 1)[0] === 0) return;
              if (categorical) sets++;
              else splits++;
            });
          });
        },
      ),
      { numRuns: 600 },
    );
    expect(splits).toBeGreaterThan(50);
    expect(sets).toBeGreaterThan(50);
  });
});
