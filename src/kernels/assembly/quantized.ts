// Gradients as a few whole numbers (LightGBM's gradient_discretizer.cpp). Gradients are {f32 g, f32 h} a row; `rows` are u32
// row numbers, or 0 for the rows 0, 1, 2, …

// @ts-ignore: decorator
@inline
function rowAt(rows: usize, i: usize): usize {
  return rows == 0 ? i : <usize>load<u32>(rows + (i << 2));
}

/** result[0] = max |g|, result[1] = max h (doubles) over the places first … first + count − 1 of `rows`; at least 0. */
export function largestGradients(gradients: usize, rows: usize, first: i32, count: i32, result: usize): i32 {
  let g: f32 = 0;
  let h: f32 = 0;
  for (let i = <usize>first; i < <usize>(first + count); i++) {
    const at = gradients + (rowAt(rows, i) << 3);
    g = max(g, abs(load<f32>(at)));
    h = max(h, load<f32>(at, 4));
  }
  store<f64>(result, <f64>g);
  store<f64>(result, <f64>h, 8);
  return 0;
}

/**
 * Rounds the gradients of the places first … first + count − 1 of `rows`, read from `exact`: g · inverseG away from zero and
 * h · inverseH upwards by the numbers in [0, 1) of `roundings` ({f64, f64} a place, read from place `start` on and around
 * at `total`), or by ½ where that is 0, and then cut to whole numbers.
 */
export function quantizeGradients(
  gradients: usize, exact: usize, rows: usize, first: i32, count: i32,
  roundings: usize, start: i32, total: i32, inverseG: f64, inverseH: f64,
): i32 {
  for (let i = <usize>first; i < <usize>(first + count); i++) {
    const row = rowAt(rows, i) << 3;
    let forG = 0.5;
    let forH = 0.5;
    if (roundings != 0) {
      let place = i + <usize>start;
      if (place >= <usize>total) place -= <usize>total;
      forG = load<f64>(roundings + (place << 4));
      forH = load<f64>(roundings + (place << 4), 8);
    }
    const g = <f64>load<f32>(exact + row) * inverseG;
    const h = <f64>load<f32>(exact + row, 4) * inverseH;
    store<f32>(gradients + row, <f32>trunc(g >= 0 ? g + forG : g - forG));
    store<f32>(gradients + row, <f32>trunc(h + forH), 4);
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
