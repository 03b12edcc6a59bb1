import type { KernelMemory } from '../memory.js';
import { type Pair, XgboostNode } from './xgboost-node.js';

export function plainXgboostScan(memory: KernelMemory) {
  return {
    scanXgboost(hist: number, descriptors: number, from: number, to: number, params: number, out: number): number {
      const node = new XgboostNode(memory.f64(params, 14));
      for (let f = from; f < to; f++) {
        const [offset, bins, hasMissing, active, direction, categorical, scratch] = memory.i32(descriptors + f * 32, 7);
        const result = memory.f64(out + f * 64, 7);
        result[0] = 0;
        if (active === 0) continue;
        const entries = memory.i64(hist + (offset >>> 0), (bins + hasMissing) * 2);
        if (categorical === 1) {
          const set = scanCategories(node, entries, bins, result);
          memory.u32(scratch >>> 0, set.length).set(set);
          continue;
        }
        const ascending = Array.from({ length: bins }, (_, t) => t);
        const missing = hasMissing && (entries[bins * 2] !== 0n || entries[bins * 2 + 1] !== 0n);
        for (const missingLeft of missing ? [false, true] : [false]) {
          const order = missingLeft ? ascending.toReversed() : ascending;
          node.grow(entries, order, (grown, rest, t) => {
            const [left, right] = missingLeft ? [rest, grown] : [grown, rest];
            node.keep(left, right, direction, result, missingLeft ? t - 1 : t, missingLeft);
          });
        }
      }
      return 0;
    },
  };
}

/** The best category set's codes, or for one-hot features the best code; undefined marks are not written. */
function scanCategories(node: XgboostNode, entries: BigInt64Array, codes: number, result: Float64Array): number[] {
  if (codes < node.maxCatToOneHot) return scanOneHot(node, entries, codes, result);
  const weight = Array.from({ length: codes }, (_, code) => node.weightOf(node.valueOf(entries, code)));
  const order = weight.map((_, code) => code).sort((a, b) => weight[a] - weight[b] || a - b);
  const steps = Math.min(node.maxCatThreshold, codes) - 1;
  node.grow(entries, order.slice(0, steps), (grown, rest, _, step) => {
    node.keep(rest, grown, 0, result, step + 1, true);
  });
  node.grow(entries, order.toReversed().slice(0, steps), (grown, rest, _, step) => {
    node.keep(grown, rest, 0, result, codes - 1 - step, false);
  });
  return order;
}

function scanOneHot(node: XgboostNode, entries: BigInt64Array, codes: number, result: Float64Array): number[] {
  const present = [0n, 0n];
  for (let i = 0; i < codes * 2; i++) present[i % 2] += entries[i];
  const seen = node.inUnits(present);
  let best: number[] = [];
  for (let code = 0; code < codes; code++) {
    const alone = node.valueOf(entries, code);
    const withMissing: Pair = [alone[0] + (node.total[0] - seen[0]), alone[1] + (node.total[1] - seen[1])];
    const one = node.keep(node.rest(alone), alone, 0, result, 1, true);
    const two = node.keep(node.rest(withMissing), withMissing, 0, result, 1, false);
    if (one || two) best = [code];
  }
  return best;
}
