/** Rows as bytes: what was written stays when the place grows, and what is taken is the caller's own. */
import { expect, it } from 'vitest';
import { RowBytes } from '#ecomml/scoring/row-bytes.js';

it('keeps what was written as it grows, and hands it over', () => {
  const written = RowBytes.ofThread();
  let expected = '';
  for (let i = 0; i < 60_000; i++) {
    const value = Math.sqrt(i) / 7;
    written.number(value);
    written.text('é€');
    written.byte(44);
    written.copy(Buffer.from('abcdef'), 1, 4);
    expected += `${value}é€,bcd`;
  }
  const taken = written.take();
  written.text('x'.repeat(1000));
  expect(Buffer.from(taken).toString('utf8') === expected).toBe(true);
  expect(taken.buffer).toBeInstanceOf(ArrayBuffer);
  expect(taken.buffer.byteLength).toBe(taken.length);
});

it('begins anew where rows were not taken', () => {
  RowBytes.ofThread().text('left behind');
  const written = RowBytes.ofThread();
  written.number(0.5);
  expect(Buffer.from(written.take()).toString()).toBe('0.5');
  expect(written.take().length).toBe(0);
});
