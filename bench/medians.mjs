/** Medians of repeated runs and of their ratios pair by pair, so that a machine whose speed drifts drifts on both sides. */

export function median(values) {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Median, lowest and highest of ours[i] / theirs[i]. */
export function pairedRatio(ours, theirs) {
  const ratios = ours.map((value, i) => value / theirs[i]);
  return { median: median(ratios), low: Math.min(...ratios), high: Math.max(...ratios) };
}
