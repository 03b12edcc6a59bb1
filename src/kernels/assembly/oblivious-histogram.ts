// Histograms of oblivious trees. A quad is four bins of one row in one u32 (lane k in byte k), so that
// one gather feeds four columns. A row's statistics are a pair of i32 in fixed point (gradient, weight), a bin's a pair of
// i64: sums are exact, so neither the order of the rows nor the number of threads changes them.

/**
 * Fills histogram slots of one quad column. plan: 4 i32 an entry (from, to, slot, parent): the rows rows[from … to − 1]
 * with their statistics stats[from … to − 1] are summed into the slot, which is then subtracted from slot `parent`
 * unless that is −1 (hist(sibling) = hist(parent) − hist(this)). A slot is four lanes of laneBytes.
 */
export function obliviousHistogram(
  quads: usize, rows: usize, stats: usize, plan: usize, planCount: i32, hist: usize, laneBytes: usize,
): i32 {
  const slotBytes = laneBytes << 2;
  for (let entry: i32 = 0; entry < planCount; entry++) {
    const at = plan + (<usize>entry << 4);
    const from = <usize>load<i32>(at);
    const to = <usize>load<i32>(at, 4);
    const h0 = hist + <usize>load<i32>(at, 8) * slotBytes;
    const h1 = h0 + laneBytes;
    const h2 = h1 + laneBytes;
    const h3 = h2 + laneBytes;
    const parent = load<i32>(at, 12);
    memory.fill(h0, 0, slotBytes);
    for (let i = from; i < to; i++) {
      const quad = load<u32>(quads + (<usize>load<u32>(rows + (i << 2)) << 2));
      const stat = v128.load_ext<i32>(stats + (i << 3));
      const p0 = h0 + (<usize>(quad & 255) << 4);
      v128.store(p0, i64x2.add(v128.load(p0), stat));
      const p1 = h1 + (<usize>((quad >> 8) & 255) << 4);
      v128.store(p1, i64x2.add(v128.load(p1), stat));
      const p2 = h2 + (<usize>((quad >> 16) & 255) << 4);
      v128.store(p2, i64x2.add(v128.load(p2), stat));
      const p3 = h3 + (<usize>(quad >> 24) << 4);
      v128.store(p3, i64x2.add(v128.load(p3), stat));
    }
    if (parent >= 0) {
      const p = hist + <usize>parent * slotBytes;
      for (let offset: usize = 0; offset < slotBytes; offset += 16) {
        v128.store(p + offset, i64x2.sub(v128.load(p + offset), v128.load(h0 + offset)));
      }
    }
  }
  return 0;
}

/**
 * Histograms of a quad of at most 16 bins a lane (lanes of 256 bytes), of all leaves at once, over the rows in their own
 * order: `leaf` is a u16 a sampled row (not a row of the table), slots an i32 a leaf. For columns whose histograms of the
 * level above are not there to subtract from: nothing is gathered, and all the bins stay in the nearest cache.
 */
export function obliviousNarrowHistogram(
  quads: usize, rows: usize, stats: usize, leaf: usize, count: usize, slots: usize, leaves: i32, hist: usize,
): i32 {
  memory.fill(hist, 0, <usize>leaves << 10);
  for (let i: usize = 0; i < count; i++) {
    const quad = load<u32>(quads + (<usize>load<u32>(rows + (i << 2)) << 2));
    const stat = v128.load_ext<i32>(stats + (i << 3));
    const slot = hist + (<usize>load<i32>(slots + (<usize>load<u16>(leaf + (i << 1)) << 2)) << 10);
    const p0 = slot + (<usize>(quad & 15) << 4);
    const p1 = slot + (<usize>((quad >> 8) & 15) << 4);
    const p2 = slot + (<usize>((quad >> 16) & 15) << 4);
    const p3 = slot + (<usize>((quad >> 24) & 15) << 4);
    v128.store(p0, i64x2.add(v128.load(p0), stat));
    v128.store(p1, i64x2.add(v128.load(p1, 256), stat), 256);
    v128.store(p2, i64x2.add(v128.load(p2, 512), stat), 512);
    v128.store(p3, i64x2.add(v128.load(p3, 768), stat), 768);
  }
  return 0;
}
