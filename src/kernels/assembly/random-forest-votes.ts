// What one grown tree says of the training rows out of its bag and of the validation rows.
import { ForestJob, TreeSlot } from '../random-forest-layout';

function pointer(block: usize, field: i32): usize {
  return <usize>load<f64>(block + ((<usize>field) << 3));
}

/** Fills Votes (by rank, NaN for rows of the bag) and ValidVotes (by value, x <= threshold left). */
export function castForestVotes(job: usize, slot: usize): i32 {
  const rows = <u32>pointer(job, ForestJob.Rows);
  const validRows = <u32>pointer(job, ForestJob.ValidRows);
  const columns = pointer(job, ForestJob.RankColumns);
  const rankBytes = pointer(job, ForestJob.RankBytes);
  const validColumns = pointer(job, ForestJob.ValidColumns);
  const bag = pointer(slot, TreeSlot.Bag);
  const votes = pointer(slot, TreeSlot.Votes);
  const validVotes = pointer(slot, TreeSlot.ValidVotes);
  const features = pointer(slot, TreeSlot.Feature);
  const cuts = pointer(slot, TreeSlot.Cut);
  const thresholds = pointer(slot, TreeSlot.Threshold);
  const lefts = pointer(slot, TreeSlot.Left);
  const rights = pointer(slot, TreeSlot.Right);
  const missingLefts = pointer(slot, TreeSlot.MissingLeft);
  const values = pointer(slot, TreeSlot.Value);
  for (let row: u32 = 0; row < rows; row++) {
    const out = votes + ((<usize>row) << 3);
    if (load<u32>(bag + ((<usize>row) << 2)) != 0) {
      store<f64>(out, NaN);
      continue;
    }
    let node: usize = 0;
    for (;;) {
      const feature = load<i32>(features + (node << 2));
      if (feature < 0) break;
      const column = <usize>load<u32>(columns + ((<usize>feature) << 2));
      let missing: bool;
      let rank: u32;
      if (load<u8>(rankBytes + feature) == 2) {
        rank = <u32>load<u16>(column + ((<usize>row) << 1));
        missing = rank == 0xffff;
      } else {
        rank = load<u32>(column + ((<usize>row) << 2));
        missing = rank == u32.MAX_VALUE;
      }
      const left = missing ? load<u8>(missingLefts + node) == 1 : rank <= load<u32>(cuts + (node << 2));
      node = <usize>load<u32>((left ? lefts : rights) + (node << 2));
    }
    store<f64>(out, load<f64>(values + (node << 3)));
  }
  for (let row: u32 = 0; row < validRows; row++) {
    let node: usize = 0;
    for (;;) {
      const feature = load<i32>(features + (node << 2));
      if (feature < 0) break;
      const column = <usize>load<u32>(validColumns + ((<usize>feature) << 2));
      const x = load<f64>(column + ((<usize>row) << 3));
      const left = x != x ? load<u8>(missingLefts + node) == 1 : x <= load<f64>(thresholds + (node << 3));
      node = <usize>load<u32>((left ? lefts : rights) + (node << 2));
    }
    store<f64>(validVotes + ((<usize>row) << 3), load<f64>(values + (node << 3)));
  }
  return 0;
}
