/**
 * The folder of a bundle: files with their checksums in bundle.json, written whole or not at all, refused when they
 * were cut short, edited or written by a newer ecomml. It does not know what the files mean.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFolderAtomic } from '../base/atomic-file.js';
import { EcommlError } from '../base/errors.js';

/** Grows when an older ecomml could misread a bundle. */
export const BUNDLE_FORMAT = 1;
export const MANIFEST_FILE = 'bundle.json';

export interface FileRecord {
  readonly bytes: number;
  readonly sha256: string;
}

interface Envelope {
  readonly format: number;
  readonly content: unknown;
  readonly files: Readonly<Record<string, FileRecord>>;
  /** Over the JSON of format, content and files. */
  readonly sha256: string;
}

export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Lets `fill` write files into a fresh folder, adds bundle.json with the content it returns, and publishes the folder under `path`. */
export async function writeBundleFolder(path: string, fill: (folder: string) => Promise<unknown>): Promise<void> {
  await writeFolderAtomic(path, async (folder) => {
    const content = await fill(folder);
    const files: Record<string, FileRecord> = {};
    for (const name of readdirSync(folder).sort()) {
      const bytes = readFileSync(join(folder, name));
      files[name] = { bytes: bytes.length, sha256: sha256(bytes) };
    }
    const body = { format: BUNDLE_FORMAT, content, files };
    const envelope: Envelope = { ...body, sha256: sha256(JSON.stringify(body)) };
    writeFileSync(join(folder, MANIFEST_FILE), `${JSON.stringify(envelope, null, 1)}\n`);
  });
}

/** Checks every file of the bundle folder against bundle.json and returns its content. */
export function readBundleFolder(path: string): unknown {
  const manifest = join(path, MANIFEST_FILE);
  if (!existsSync(manifest)) {
    throw new EcommlError('NO_BUNDLE', `${path} is not a bundle: it has no ${MANIFEST_FILE}.`, {
      hint: 'Name a folder that "ecomml train" wrote, for example --model models/latest.',
    });
  }
  const envelope = parseEnvelope(manifest);
  if (envelope.format > BUNDLE_FORMAT) {
    throw new EcommlError(
      'NEWER_BUNDLE',
      `${path} was written by a newer ecomml (bundle format ${envelope.format}; this one reads up to ${BUNDLE_FORMAT}).`,
      { hint: 'Update ecomml, or train the bundle again with this version.' },
    );
  }
  const { format, content, files } = envelope;
  if (sha256(JSON.stringify({ format, content, files })) !== envelope.sha256) {
    throw damaged(manifest, 'it was edited after it was written');
  }
  for (const [name, record] of Object.entries(files)) checkFile(join(path, name), record);
  return content;
}

function parseEnvelope(manifest: string): Envelope {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(manifest, 'utf8'));
  } catch (cause) {
    throw damaged(manifest, 'it is cut short or not JSON', cause);
  }
  const envelope = value as Partial<Envelope> | null;
  if (typeof envelope !== 'object' || envelope === null || typeof envelope.format !== 'number') {
    throw damaged(manifest, 'it has no format number');
  }
  if (envelope.format <= BUNDLE_FORMAT && (typeof envelope.files !== 'object' || envelope.files === null)) {
    throw damaged(manifest, 'it lists no files');
  }
  return envelope as Envelope;
}

function checkFile(file: string, record: FileRecord): void {
  if (!existsSync(file)) throw damaged(file, 'it is missing');
  const { size } = statSync(file);
  if (size !== record.bytes) throw damaged(file, `it has ${size} bytes instead of ${record.bytes}`);
  if (sha256(readFileSync(file)) !== record.sha256) throw damaged(file, 'its checksum is not the recorded one');
}

function damaged(file: string, why: string, cause?: unknown): EcommlError {
  return new EcommlError('DAMAGED_BUNDLE', `The bundle is damaged: ${file}: ${why}.`, {
    hint: 'Copy the bundle again from where it was made, or train it again.',
    cause,
  });
}
