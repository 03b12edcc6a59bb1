// Log loss on odds: a model's raw score x is kept as its odds e = exp(x), so that a tree multiplies rather than
// exponentiates, p = e / (1 + e), and the loss is ln(1 + e) − y x.
import { log } from './exponential';

/** Odds stay between these, far past any probability a double can tell from 0 or 1; their squares are finite. */
const LEAST: f64 = 1e-150;
const MOST: f64 = 1e150;

/**
 * Gradients (y − p) · weight of rows from … to − 1 as doubles, and to `sums` Σ g², Σ |g|, max |g|, max weight.
 * `weights` 0: all ones.
 */
export function oddsGradients(
  odds: usize, labels: usize, weights: usize, from: usize, to: usize, out: usize, sums: usize,
): i32 {
  let squares: f64 = 0;
  let sizes: f64 = 0;
  let most: f64 = 0;
  let heaviest: f64 = 0;
  for (let row = from; row < to; row++) {
    const e = load<f64>(odds + (row << 3));
    const weight: f64 = weights == 0 ? 1 : load<f64>(weights + (row << 3));
    const g = (<f64>load<u8>(labels + row) - e / (1 + e)) * weight;
    const size = abs(g);
    squares += g * g;
    sizes += size;
    most = max(most, size);
    heaviest = max(heaviest, weight);
    store<f64>(out + (row << 3), g);
  }
  store<f64>(sums, squares);
  store<f64>(sums, sizes, 8);
  store<f64>(sums, most, 16);
  store<f64>(sums, heaviest, 24);
  return 0;
}

// @ts-ignore: decorator
@inline
function exponents(product: v128): v128 {
  return i64x2.sub(i64x2.shr_u(product, 52), i64x2.splat(1023));
}

// @ts-ignore: decorator
@inline
function significands(product: v128): v128 {
  return v128.or(v128.and(product, i64x2.splat(0x000fffffffffffff)), i64x2.splat(0x3ff0000000000000));
}

/**
 * Sums of a leaf's odds multiplied by m. table: 8 doubles an entry, in: from, to, m; out: Σ w p, Σ w p (1 − p), and
 * Σ w ln(1 + e m) as ln(product) + exponent · ln 2 (unweighted: the product of all 1 + e m with its exponent kept
 * apart, one logarithm for the whole entry) + loss (weighted: summed logarithms). Entries first … first + count − 1.
 */
export function oddsLeafSums(table: usize, first: usize, count: i32, odds: usize, weights: usize): i32 {
  for (let entry = first; entry < first + <usize>count; entry++) {
    const at = table + (entry << 6);
    const from = <usize>load<f64>(at);
    const to = <usize>load<f64>(at, 8);
    const m = load<f64>(at, 16);
    let p: f64 = 0;
    let h: f64 = 0;
    let product: f64 = 1;
    let exponent: f64 = 0;
    let loss: f64 = 0;
    if (weights == 0) {
      const mm = f64x2.splat(m);
      const ones = f64x2.splat(1);
      let ps = f64x2.splat(0);
      let hs = f64x2.splat(0);
      let products = ones;
      let powers = i64x2.splat(0);
      let i = from;
      for (; i + 2 <= to; i += 2) {
        const e = f64x2.mul(v128.load(odds + (i << 3)), mm);
        const q = f64x2.add(ones, e);
        const share = f64x2.div(e, q);
        ps = f64x2.add(ps, share);
        hs = f64x2.add(hs, f64x2.div(share, q));
        products = f64x2.mul(products, q);
        powers = i64x2.add(powers, exponents(products));
        products = significands(products);
      }
      p = f64x2.extract_lane(ps, 0) + f64x2.extract_lane(ps, 1);
      h = f64x2.extract_lane(hs, 0) + f64x2.extract_lane(hs, 1);
      product = f64x2.extract_lane(products, 0) * f64x2.extract_lane(products, 1);
      exponent = <f64>(i64x2.extract_lane(powers, 0) + i64x2.extract_lane(powers, 1));
      if (i < to) {
        const e = load<f64>(odds + (i << 3)) * m;
        const q = 1 + e;
        p += e / q;
        h += e / q / q;
        loss = log(q);
      }
    } else {
      for (let i = from; i < to; i++) {
        const e = load<f64>(odds + (i << 3)) * m;
        const weight = load<f64>(weights + (i << 3));
        const q = 1 + e;
        const share = e / q;
        p += weight * share;
        h += weight * (share / q);
        loss += weight * log(q);
      }
    }
    store<f64>(at, p, 24);
    store<f64>(at, h, 32);
    store<f64>(at, product, 40);
    store<f64>(at, exponent, 48);
    store<f64>(at, loss, 56);
  }
  return 0;
}

/** odds[row] *= factors[leaf[row]], kept in bounds, for rows from … to − 1. */
export function multiplyOdds(odds: usize, leaf: usize, factors: usize, from: usize, to: usize): i32 {
  for (let row = from; row < to; row++) {
    const at = odds + (row << 3);
    const e = load<f64>(at) * load<f64>(factors + (<usize>load<u16>(leaf + (row << 1)) << 3));
    store<f64>(at, min(max(e, LEAST), MOST));
  }
  return 0;
}
