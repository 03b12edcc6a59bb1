// The generator of base/random.ts (xoshiro128**), word for word: the same four words of state at `state` give the same
// draws in the same order.

/** Uniform over the integers 0 … 2^32 − 1. */
export function nextUint32(state: usize): u32 {
  const s0 = load<u32>(state);
  const s1 = load<u32>(state, 4);
  const s2 = load<u32>(state, 8) ^ s0;
  const s3 = load<u32>(state, 12) ^ s1;
  store<u32>(state, s0 ^ s3);
  store<u32>(state, s1 ^ s2, 4);
  store<u32>(state, s2 ^ (s1 << 9), 8);
  store<u32>(state, rotl<u32>(s3, 11), 12);
  return rotl<u32>(s1 * 5, 7) * 9;
}

/** Uniform in [0, 1), 53 bits. */
export function nextUniform(state: usize): f64 {
  const high = nextUint32(state) >>> 5;
  const low = nextUint32(state) >>> 6;
  return (<f64>high * 67108864.0 + <f64>low) / 9007199254740992.0;
}

/** Uniform over 0 … bound − 1, without modulo bias; 1 ≤ bound < 2^32. */
export function nextBelow(state: usize, bound: u32): u32 {
  const range: u64 = 4294967296;
  const limit = range - (range % <u64>bound);
  let draw = nextUint32(state);
  while (<u64>draw >= limit) draw = nextUint32(state);
  return draw % bound;
}
