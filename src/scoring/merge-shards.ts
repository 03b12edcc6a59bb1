/**
 * The outputs of all shards as one file, and their rejects as another: checked against their manifests first, end to end,
 * or row by row in the order of source_row. It scores nothing.
 */
import { createReadStream, existsSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathAside, publishFile } from '../base/atomic-file.js';
import { EcommlError } from '../base/errors.js';
import { RecordScanner } from '../table/record-scanner.js';
import { PartFile } from './part-file.js';
import type { Shard } from './score-plan.js';
import { fileRecord, type ShardFile, type ShardManifest } from './shards.js';

/** Throws `SHARD_DAMAGED` before anything is written when a file is not the one its manifest describes. */
export async function mergeShards(manifests: readonly ShardManifest[], output: string, rejects: string): Promise<void> {
  const folder = dirname(output);
  const beside = ({ name }: ShardFile) => join(folder, name);
  for (const { output: own, rejects: bad, shard } of manifests)
    for (const file of [own, bad]) if (file !== undefined) await checkFile(beside(file), file, shard);
  const outputs = manifests.map((manifest) => beside(manifest.output));
  const bad = manifests.flatMap((manifest) => (manifest.rejects === undefined ? [] : [beside(manifest.rejects)]));
  const sorted = manifests[0].merge === 'by-source-row';
  if (bad.length === 0) rmSync(rejects, { force: true });
  else await written(rejects, sorted ? mergedRecords(bad, true) : endToEnd(bad, true));
  await written(output, sorted ? mergedRecords(outputs, false) : endToEnd(outputs, false));
}

async function checkFile(path: string, expected: ShardFile, { index, of }: Shard): Promise<void> {
  const hint = `Score that shard again: --shard ${index}/${of}, with the same options as before.`;
  if (!existsSync(path))
    throw new EcommlError('SHARD_MISSING', `${path} is not there, but its manifest is.`, {
      hint: `Put it back beside its manifest. ${hint}`,
    });
  const found = await fileRecord(path);
  if (found.bytes === expected.bytes && found.sha256 === expected.sha256) return;
  const what =
    found.bytes === expected.bytes ? 'its checksum is another' : `it has ${found.bytes} bytes, not ${expected.bytes}`;
  throw new EcommlError('SHARD_DAMAGED', `${path} is not what its manifest describes: ${what}.`, {
    hint,
  });
}

async function written(path: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  const aside = pathAside(path);
  const part = new PartFile(aside, path);
  try {
    for await (const some of bytes) part.append(some);
    part.close();
    publishFile(aside, path);
  } finally {
    part.close();
    rmSync(aside, { force: true });
  }
}

/** The files one behind the other; with `headed`, the first line of each but the first is left out. */
async function* endToEnd(paths: readonly string[], headed: boolean): AsyncGenerator<Uint8Array> {
  for (const [i, path] of paths.entries()) {
    let skipping = headed && i > 0;
    for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) {
      const bytes = chunk as Buffer;
      const from = skipping ? bytes.indexOf(10) + 1 : 0;
      if (skipping && from === 0) continue;
      skipping = false;
      yield bytes.subarray(from);
    }
  }
}

interface Head {
  readonly key: number;
  readonly bytes: Uint8Array;
  readonly rest: AsyncGenerator<Uint8Array>;
}

/** Records by ascending first number (source_row, or a rejected line); a header line, which has none, comes first. */
async function* mergedRecords(paths: readonly string[], headed: boolean): AsyncGenerator<Uint8Array> {
  const heads: Head[] = [];
  for (const [i, path] of paths.entries()) {
    const rest = recordsOf(path);
    if (headed && i > 0) await rest.next();
    const head = await nextOf(rest);
    if (head !== undefined) heads.push(head);
  }
  while (heads.length > 0) {
    let least = 0;
    for (let h = 1; h < heads.length; h++) if (heads[h].key < heads[least].key) least = h;
    const { bytes, rest } = heads[least];
    yield bytes;
    const next = await nextOf(rest);
    if (next === undefined) heads.splice(least, 1);
    else heads[least] = next;
  }
}

async function nextOf(rest: AsyncGenerator<Uint8Array>): Promise<Head | undefined> {
  const { value, done } = await rest.next();
  if (done === true) return undefined;
  // CSV: the first field. JSON Lines: the first number of the line, which is source_row's.
  const digits = /^(?:\{"[^"]*":)?(\d+)/.exec(Buffer.from(value).toString('latin1', 0, 64));
  return { key: digits === null ? -1 : Number(digits[1]), bytes: value, rest };
}

/** Whole records with their line ends, which are LF. */
async function* recordsOf(path: string): AsyncGenerator<Uint8Array> {
  const scanner = new RecordScanner({ delimiter: ',', quote: path.endsWith('.jsonl') ? '' : '"', newline: 'lf' }, 0);
  let rest: Uint8Array = new Uint8Array(0);
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 18 })) {
    const bytes = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer]);
    let at = 0;
    while (scanner.scan(bytes, at, false)) {
      yield bytes.subarray(scanner.start, scanner.next);
      at = scanner.next;
    }
    rest = bytes.subarray(scanner.next);
  }
  if (rest.length > 0) yield rest;
}
