// Histograms of the columns that all trees have, from records: 16 or 32 bytes a row, the bins of up to 16 or 32 columns (four or
// eight quads). A row then costs one cache line instead of one a quad, which is what deep leaves, whose rows lie far apart, spend
// their time on. Sums as in oblivious-histogram.ts.

/** Bytes of a lane's histogram: 256 bins of 16 bytes, and 64 more (WIDE_LANE_BYTES of catboost-columns.ts). */
const LANE: usize = 4160;
const SLOT: usize = 4 * LANE;
/** Rows gathered at a time: their records stay in the nearest cache while one quad after another is summed. */
const BLOCK: usize = 256;

/** Bytes of a gathered row, whatever its record has. */
const ROW: usize = 32;

/** 16 bytes of the records (`stride` bytes each) of the rows from … to − 1: four quad columns (0: no such column, all zeros). */
export function packRecords(
  first: usize, second: usize, third: usize, fourth: usize, from: usize, to: usize, out: usize, stride: usize,
): i32 {
  for (let row = from; row < to; row++) {
    const at = out + row * stride;
    store<u32>(at, load<u32>(first + (row << 2)));
    store<u32>(at, second == 0 ? 0 : load<u32>(second + (row << 2)), 4);
    store<u32>(at, third == 0 ? 0 : load<u32>(third + (row << 2)), 8);
    store<u32>(at, fourth == 0 ? 0 : load<u32>(fourth + (row << 2)), 12);
  }
  return 0;
}

/**
 * The first lanes, two or four, of a quad. Two rows at a time, so that one row's updates fill the other's waits; a lane's offset is an
 * immediate.
 */
// @ts-ignore: decorator
@inline
function addQuad(quads: usize, stats: usize, count: usize, hist: usize, four: bool): void {
  let i: usize = 0;
  for (; i + 2 <= count; i += 2) {
    const a = quads + i * ROW;
    const g = v128.load_ext<i32>(stats + (i << 3));
    const h = v128.load_ext<i32>(stats + (i << 3), 8);
    const a0 = hist + (<usize>load<u8>(a) << 4);
    v128.store(a0, i64x2.add(v128.load(a0), g));
    const b0 = hist + (<usize>load<u8>(a, ROW) << 4);
    v128.store(b0, i64x2.add(v128.load(b0), h));
    const a1 = hist + (<usize>load<u8>(a, 1) << 4);
    v128.store(a1, i64x2.add(v128.load(a1, LANE), g), LANE);
    const b1 = hist + (<usize>load<u8>(a, ROW + 1) << 4);
    v128.store(b1, i64x2.add(v128.load(b1, LANE), h), LANE);
    if (!four) continue;
    const a2 = hist + (<usize>load<u8>(a, 2) << 4);
    v128.store(a2, i64x2.add(v128.load(a2, 2 * LANE), g), 2 * LANE);
    const b2 = hist + (<usize>load<u8>(a, ROW + 2) << 4);
    v128.store(b2, i64x2.add(v128.load(b2, 2 * LANE), h), 2 * LANE);
    const a3 = hist + (<usize>load<u8>(a, 3) << 4);
    v128.store(a3, i64x2.add(v128.load(a3, 3 * LANE), g), 3 * LANE);
    const b3 = hist + (<usize>load<u8>(a, ROW + 3) << 4);
    v128.store(b3, i64x2.add(v128.load(b3, 3 * LANE), h), 3 * LANE);
  }
  if (i < count) {
    const a = quads + i * ROW;
    const g = v128.load_ext<i32>(stats + (i << 3));
    const lanes: usize = four ? 4 : 2;
    for (let lane: usize = 0; lane < lanes; lane++) {
      const at = hist + lane * LANE + (<usize>load<u8>(a + lane) << 4);
      v128.store(at, i64x2.add(v128.load(at), g));
    }
  }
}

/**
 * Fills the slots of some of a record's quads: bit q of `quads` asks for quad q, whose histogram begins at hist + q ·
 * histBytes; bit q + 8 says that only its first two lanes are columns, and the others' histograms are left empty. The plan is
 * obliviousHistogram's; records have `stride` bytes (16 or 32), `scratch` 8192.
 */
export function obliviousRecordHistogram(
  records: usize, rows: usize, stats: usize, plan: usize, planCount: i32, hist: usize, histBytes: usize, quads: u32,
  scratch: usize, stride: usize,
): i32 {
  for (let entry: i32 = 0; entry < planCount; entry++) {
    const at = plan + (<usize>entry << 4);
    const from = <usize>load<i32>(at);
    const to = <usize>load<i32>(at, 4);
    const own = hist + <usize>load<i32>(at, 8) * SLOT;
    const parent = load<i32>(at, 12);
    for (let q: usize = 0; q < 8; q++) if ((quads >> <u32>q) & 1) memory.fill(own + q * histBytes, 0, SLOT);
    for (let start = from; start < to; start += BLOCK) {
      const count = min(BLOCK, to - start);
      gather(records, rows + (start << 2), count, quads, scratch, stride);
      for (let q: usize = 0; q < 8; q++) {
        if (((quads >> <u32>q) & 1) == 0) continue;
        const bins = own + q * histBytes;
        if ((quads >> <u32>(q + 8)) & 1) addQuad(scratch + (q << 2), stats + (start << 3), count, bins, false);
        else addQuad(scratch + (q << 2), stats + (start << 3), count, bins, true);
      }
    }
    if (parent < 0) continue;
    const whole = hist + <usize>parent * SLOT;
    for (let q: usize = 0; q < 8; q++) {
      if (((quads >> <u32>q) & 1) == 0) continue;
      const p = whole + q * histBytes;
      const h = own + q * histBytes;
      for (let offset: usize = 0; offset < SLOT; offset += 16) {
        v128.store(p + offset, i64x2.sub(v128.load(p + offset), v128.load(h + offset)));
      }
    }
  }
  return 0;
}

/** Brings those halves of the rows' records together that have a wanted quad. */
function gather(records: usize, rows: usize, count: usize, quads: u32, scratch: usize, stride: usize): void {
  if ((quads & 0x0f) != 0 && (quads & 0xf0) != 0) {
    for (let i: usize = 0; i < count; i++) {
      const record = records + <usize>load<u32>(rows + (i << 2)) * stride;
      v128.store(scratch + i * ROW, v128.load(record));
      v128.store(scratch + i * ROW, v128.load(record, 16), 16);
    }
    return;
  }
  const half: usize = (quads & 0x0f) != 0 ? 0 : 16;
  for (let i: usize = 0; i < count; i++) {
    const record = records + <usize>load<u32>(rows + (i << 2)) * stride;
    v128.store(scratch + half + i * ROW, v128.load(record + half));
  }
}

/**
 * Adds up one quad's histograms of the parts of a range, `stride` bytes apart, into `own`, which is then subtracted from `parent`
 * (0: there is none).
 */
export function obliviousSettle(parts: usize, count: i32, stride: usize, own: usize, parent: usize): i32 {
  for (let offset: usize = 0; offset < SLOT; offset += 16) {
    let sum = v128.load(parts + offset);
    for (let part: usize = 1; part < <usize>count; part++) sum = i64x2.add(sum, v128.load(parts + part * stride + offset));
    v128.store(own + offset, sum);
    if (parent != 0) v128.store(parent + offset, i64x2.sub(v128.load(parent + offset), sum));
  }
  return 0;
}
