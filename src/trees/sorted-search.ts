/** Binary search in ascending numbers, over the places from … to − 1. */

/** The first place whose number is not below `value`; `to` for none. */
export function lowerBound(sorted: Float64Array, from: number, to: number, value: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const at = (low + high) >> 1;
    if (sorted[at] < value) low = at + 1;
    else high = at;
  }
  return low;
}

/** The first place whose number is above `value`; `to` for none. */
export function upperBound(sorted: Float64Array, from: number, to: number, value: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const at = (low + high) >> 1;
    if (sorted[at] <= value) low = at + 1;
    else high = at;
  }
  return low;
}
