/**
 * Outputs of shards: their names, and the manifest beside each that says which part of which run it is, with checksums.
 * `NAME.csv` of shard 3 of 64 is `NAME.shard-03-of-64.csv`, so that names sort in the order of the shards.
 */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { writeFileAtomic } from '../base/atomic-file.js';
import { EcommlError } from '../base/errors.js';
import type { RunIdentity } from './score-journal.js';
import type { Shard, ShardMerge } from './score-plan.js';

export interface ShardFile {
  /** Without folder: manifest and files move together. */
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface ShardManifest {
  readonly format: 1;
  readonly shard: Shard;
  readonly merge: ShardMerge;
  /** The same in all shards of a run. */
  readonly run: RunIdentity;
  readonly output: ShardFile;
  readonly rejects?: ShardFile;
  readonly rows: {
    readonly in: number;
    readonly scored: number;
    readonly rejected: number;
    readonly passedOver: Readonly<Record<string, number>>;
    readonly actions?: Readonly<Record<string, number>>;
  };
}

/** The file of one shard of an output. */
export function shardPath(output: string, { index, of }: Shard): string {
  const end = extname(output);
  const place = String(index).padStart(String(of).length, '0');
  return `${output.slice(0, output.length - end.length)}.shard-${place}-of-${of}${end}`;
}

export function manifestPath(shard: string): string {
  return `${shard}.manifest.json`;
}

export async function fileRecord(path: string): Promise<ShardFile> {
  const hash = createHash('sha256');
  for await (const bytes of createReadStream(path, { highWaterMark: 2 ** 20 })) hash.update(bytes as Buffer);
  return { name: basename(path), bytes: statSync(path).size, sha256: hash.digest('hex') };
}

export function writeManifest(shard: string, manifest: ShardManifest): void {
  writeFileAtomic(manifestPath(shard), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** Undefined when there is none that can be read. */
export function readManifest(path: string): ShardManifest | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const manifest = JSON.parse(readFileSync(path, 'utf8')) as ShardManifest;
    return manifest.format === 1 ? manifest : undefined;
  } catch {
    return undefined;
  }
}

/** The manifests of all shards of an output, in their order. Throws when some are missing or do not belong together. */
export function shardManifests(output: string): ShardManifest[] {
  const folder = dirname(output);
  const end = extname(output);
  const stem = `${basename(output, end)}.shard-`;
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const found = names
    .filter((name) => name.startsWith(stem) && name.endsWith(`${end}.manifest.json`))
    .flatMap((name) => {
      const manifest = readManifest(join(folder, name));
      // A copy under another name, or a shard of "NAME.csv" when "NAME" is merged, would be put there twice.
      const own = manifest !== undefined && basename(manifestPath(shardPath(output, manifest.shard))) === name;
      return own ? [manifest] : [];
    });
  if (found.length === 0)
    throw new EcommlError('NO_SHARDS', `There are no manifests of shards beside ${output}.`, {
      hint: `Score with --shard i/n and the same --output first; each shard then has a ${stem}…${end}.manifest.json.`,
    });
  const { of } = found[0].shard;
  const mixed = found.find(({ shard }) => shard.of !== of);
  if (mixed !== undefined)
    throw mismatch(output, `some are of ${of}, some of ${mixed.shard.of}`, 'Remove the shards of the other run.');
  const missing = Array.from({ length: of }, (_, i) => i + 1).filter(
    (i) => !found.some(({ shard }) => shard.index === i),
  );
  if (missing.length > 0)
    throw mismatch(
      output,
      `shard ${missing.slice(0, 10).join(', ')} of ${of} is missing`,
      `Score it: --shard ${missing[0]}/${of}.`,
    );
  found.sort((a, b) => a.shard.index - b.shard.index);
  for (const part of ['model', 'inputs', 'options', 'ecomml'] as const) {
    const other = found.find(({ run }) => JSON.stringify(run[part]) !== JSON.stringify(found[0].run[part]));
    if (other !== undefined)
      throw mismatch(
        output,
        `shard ${other.shard.index} was scored with another ${WORD[part]} than shard 1`,
        'Score the shards anew.',
      );
  }
  return found;
}

const WORD = { model: 'model', inputs: 'input', options: 'set of options', ecomml: 'version of ecomml' } as const;

function mismatch(output: string, what: string, hint: string): EcommlError {
  return new EcommlError('SHARDS_MISMATCH', `The shards of ${output} cannot be merged: ${what}.`, { hint });
}
