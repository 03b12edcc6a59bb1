// Counts the lines of a text without quotes: where no quote is, every line feed ends a record.

const LF: u8 = 10;
const CR: u8 = 13;

/**
 * Counts line feeds in [from, to) up to the first `quote`; `from` begins a line. Into out, as u32: lines ended, how many of
 * them were empty (LF or CRLF alone), the address behind the last line feed (`from` without any), and the address of the
 * quote, or `to`.
 */
export function countLines(from: usize, to: usize, quote: i32, out: usize): i32 {
  let lines: u32 = 0, blank: u32 = 0;
  let lineStart = from;
  let at = from;
  // The first bytes one by one: what lies before `from` is none of this text.
  const head = min(to, from + 16);
  let stopped = false;
  for (; at < head; at++) {
    const byte = load<u8>(at);
    if (byte == <u8>quote) {
      stopped = true;
      break;
    }
    if (byte == LF) {
      lines++;
      blank += <u32>(at == lineStart || (at == lineStart + 1 && load<u8>(lineStart) == CR));
      lineStart = at + 1;
    }
  }
  if (!stopped) {
    const quotes = i8x16.splat(<i8>quote), feeds = i8x16.splat(<i8>LF), returns = i8x16.splat(<i8>CR);
    for (; at + 16 <= to; at += 16) {
      const bytes = v128.load(at);
      if (v128.any_true(i8x16.eq(bytes, quotes))) break;
      const feed = i8x16.eq(bytes, feeds);
      const mask = i8x16.bitmask(feed);
      if (mask == 0) continue;
      const before = v128.load(at - 1);
      const empty = v128.or(
        i8x16.eq(before, feeds),
        v128.and(i8x16.eq(before, returns), i8x16.eq(v128.load(at - 2), feeds)),
      );
      lines += popcnt(<u32>mask);
      blank += popcnt(<u32>i8x16.bitmask(v128.and(feed, empty)));
      lineStart = at + <usize>(32 - clz(<u32>mask));
    }
    for (; at < to; at++) {
      const byte = load<u8>(at);
      if (byte == <u8>quote) break;
      if (byte == LF) {
        lines++;
        blank += <u32>(at == lineStart || (at == lineStart + 1 && load<u8>(lineStart) == CR));
        lineStart = at + 1;
      }
    }
  }
  store<u32>(out, lines);
  store<u32>(out, blank, 4);
  store<u32>(out, <u32>lineStart, 8);
  store<u32>(out, <u32>at, 12);
  return 0;
}
