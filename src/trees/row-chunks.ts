/** [from, to) of the tasks that rows are cut into. */
export function chunks(rows: number, size = 16384): [from: number, to: number][] {
  const list: [number, number][] = [];
  for (let from = 0; from < rows; from += size) list.push([from, Math.min(rows, from + size)]);
  return list;
}
