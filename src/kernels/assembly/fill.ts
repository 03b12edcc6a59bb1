/** count doubles at `out` become `value`. */
export function fillF64(out: usize, count: i32, value: f64): i32 {
  for (let i: usize = 0; i < <usize>count; i++) store<f64>(out + (i << 3), value);
  return 0;
}
