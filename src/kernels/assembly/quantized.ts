// Gradients as a few whole numbers (LightGBM's gradient_discretizer.cpp). Gradients are {f32 g, f32 h} a row; `rows` are u32
// row numbers, or 0 for the rows 0, 1, 2, …

// @ts-ignore: decorator
@inline
function rowAt(rows: usize, i: usize): usize {
  return rows == 0 ? i : <usize>load<u32>(rows + (i << 2));
}

/** result[0] = max |g|, result[1] = max |h| (doubles) over the places first … first + count − 1 of `rows`. */
export function largestGradients(gradients: usize, rows: usize, first: i32, count: i32, result: usize): i32 {
  let largest = f32x4.splat(0);
  if (rows == 0) {
    const end = <usize>(first + count);
    let i = <usize>first;
    for (; i + 2 <= end; i += 2) largest = f32x4.max(largest, f32x4.abs(v128.load(gradients + (i << 3))));
    if (i < end) largest = f32x4.max(largest, f32x4.abs(v128.load64_zero(gradients + (i << 3))));
  } else {
    for (let i = <usize>first; i < <usize>(first + count); i++) {
      largest = f32x4.max(largest, f32x4.abs(v128.load64_zero(gradients + (rowAt(rows, i) << 3))));
    }
  }
  largest = f32x4.max(largest, v128.shuffle<f32>(largest, largest, 2, 3, 0, 1));
  v128.store(result, f64x2.promote_low_f32x4(largest));
  return 0;
}

/**
 * Rounds the gradients of the places first … first + count − 1 of `rows`, read from `exact`: g · inverseG away from zero and
 * h · inverseH upwards by the numbers in [0, 1) of `roundings` ({f64, f64} a place, read from place `start` on and around
 * at `total`), or by ½ where that is 0, and then cut to whole numbers. They go to the i16 of the row at `packed`: g in the
 * upper byte, h (not negative) in the lower.
 */
export function quantizeGradients(
  packed: usize, exact: usize, rows: usize, first: i32, count: i32,
  roundings: usize, start: i32, total: i32, inverseG: f64, inverseH: f64,
): i32 {
  const inverse = f64x2.replace_lane(f64x2.splat(inverseG), 1, inverseH);
  const sign = f64x2.splat(-0.0);
  let up = f64x2.splat(0.5);
  for (let i = <usize>first; i < <usize>(first + count); i++) {
    const row = rowAt(rows, i);
    if (roundings != 0) {
      let place = i + <usize>start;
      if (place >= <usize>total) place -= <usize>total;
      up = v128.load(roundings + (place << 4));
    }
    const scaled = f64x2.mul(f64x2.promote_low_f32x4(v128.load64_zero(exact + (row << 3))), inverse);
    const whole = i32x4.trunc_sat_f64x2_s_zero(f64x2.add(scaled, v128.or(up, v128.and(scaled, sign))));
    store<i16>(packed + (row << 1), (i32x4.extract_lane(whole, 0) << 8) | i32x4.extract_lane(whole, 1));
  }
  return 0;
}

/** result[0] = Σ g, result[1] = Σ h in double precision, in the order of `count` rows. */
export function sumOfGradients(gradients: usize, rows: usize, count: i32, result: usize): i32 {
  let g: f64 = 0;
  let h: f64 = 0;
  for (let i: usize = 0; i < <usize>count; i++) {
    const at = gradients + (rowAt(rows, i) << 3);
    g += <f64>load<f32>(at);
    h += <f64>load<f32>(at, 4);
  }
  store<f64>(result, g);
  store<f64>(result, h, 8);
  return 0;
}
