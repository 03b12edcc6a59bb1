/** Parts of the tests of `store ingest`: events as lines of CSV, a run in this process, and all that a store holds. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Random } from '#ecomml/base/random.js';
import { FEATURE_FAMILIES } from '#ecomml/features/feature.js';
import { type IngestPosition, positionOf } from '#ecomml/store/ingest-position.js';
import { openOnlineStore } from '#ecomml/store/open-online-store.js';
import { ingestInto } from '#ecomml/workflows/ingest-events.js';
import type { StoreIngestResult } from '#ecomml/workflows/ingest-result.js';
import type { StoreIngestOptions } from '#ecomml/workflows/options.js';
import { CountingSweep } from '../store/counting-sweep.js';

export const HEADER = 'event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session';

/** A folder that is gone after the tests. */
export function testFolder(): {
  path: (name: string) => string;
  file: (name: string, text: string) => string;
  remove: () => void;
} {
  const folder = mkdtempSync(join(tmpdir(), 'ecomml-ingest-'));
  return {
    path: (name) => join(folder, name),
    file: (name, text) => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** `second` counts from 2024-05-01; fractions are milliseconds. */
export function line(
  second: number,
  user = 'u1',
  product = 'p1',
  rest: { type?: string; price?: string; session?: string } = {},
): string {
  const time = new Date(Date.UTC(2024, 4, 1) + Math.round(second * 1000)).toISOString();
  const { type = 'view', price = '9.5', session = `s-${user}` } = rest;
  return `${time},${type},${product},c1,a.b,brand,${price},${user},${session}`;
}

/** Events in the order of time, some at the same instant, some equal, now and then a row that is none. */
export function shopLines(count: number, seed: number): string[] {
  const random = new Random(seed);
  const lines: string[] = [];
  let second = 0;
  while (lines.length < count) {
    second += random.below(4) / 2;
    const user = `u${random.below(40)}`;
    const type = ['view', 'view', 'view', 'cart', 'purchase'][random.below(5)];
    const one = line(second, user, `p${random.below(25)}`, { type, price: `${random.below(50)}.25` });
    lines.push(random.below(50) === 0 ? one.replace(',view,', ',stare,') : one);
    if (random.below(20) === 0) lines.push(one);
  }
  return lines.slice(0, count);
}

export interface RunOptions extends Partial<StoreIngestOptions> {
  readonly stdin?: NodeJS.ReadableStream;
  readonly signal?: AbortSignal;
  readonly said?: string[];
}

export async function ingest(
  options: RunOptions & { readonly online: string; readonly rejects: string },
): Promise<StoreIngestResult> {
  const { signal = new AbortController().signal, said = [], ...rest } = options;
  return ingestInto(
    {
      input: '-',
      map: {},
      maxBadRows: 1,
      follow: false,
      lateness: 0,
      idHorizon: 86_400,
      featureFamilies: FEATURE_FAMILIES,
      ...rest,
    },
    {
      seed: 1,
      threads: 1,
      signal,
      progress: (event) => {
        if (event.type === 'message') said.push(event.text);
      },
    },
    new CountingSweep(),
  );
}

/** Every key with its bytes, in order, and the position without what names places. */
export async function contents(address: string): Promise<{ entries: [string, string][]; position: IngestPosition }> {
  const store = await openOnlineStore(address, { create: false });
  try {
    const entries: [string, string][] = [];
    for await (const [key, bytes] of store.entries('')) entries.push([key, Buffer.from(bytes).toString('latin1')]);
    return {
      entries: entries.sort(([a], [b]) => (a < b ? -1 : 1)),
      position: positionOf(await store.position(), address),
    };
  } finally {
    await store.close();
  }
}

/** A stream that gives these pieces, one a turn. */
export function stream(pieces: readonly string[]): NodeJS.ReadableStream {
  return Readable.from(pieces.map((piece) => Buffer.from(piece)));
}
