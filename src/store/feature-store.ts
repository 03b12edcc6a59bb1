/**
 * The folder of a feature store: parts named by their content, materialisations that name parts, and one small file that
 * names the latest materialisation and is written last. So a store is never half of anything, older materialisations
 * stay readable, and what did not change is kept once. It knows no events and makes no features.
 *
 *     store.json         the latest materialisation, and those before it
 *     versions/ID.json   a materialisation (materialisation.ts)
 *     parts/HASH         Parquet files of a day's events or features; checkpoints
 */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathAside, publishFile, writeFileAtomic } from '../base/atomic-file.js';
import { EcommlError, usageError } from '../base/errors.js';
import { didYouMean } from '../base/suggest.js';
import {
  damagedStore,
  FEATURE_STORE_FORMAT,
  type Materialisation,
  materialisationText,
  nameOf,
  newer,
  parsed,
  readMaterialisation,
} from './materialisation.js';

interface Head {
  readonly format: number;
  readonly is: string;
  /** From the oldest; the last is the latest. */
  readonly materialisations: readonly string[];
}

const IS = 'ecomml feature store';
const NAMES = new Set(['store.json', 'versions', 'parts', 'rejects']);

export class FeatureStore {
  readonly folder: string;
  readonly names: readonly string[];
  readonly #head: string;

  private constructor(folder: string, names: readonly string[], head: string) {
    this.folder = folder;
    this.names = names;
    this.#head = head;
  }

  /** `create`: an empty or missing folder is an empty store. Errors: `FEATURE_STORE_MISSING`, `…_FOREIGN`, `…_NEWER`, `…_DAMAGED`. */
  static open(folder: string, { create = false } = {}): FeatureStore {
    const path = join(folder, 'store.json');
    if (!existsSync(path)) {
      const there = existsSync(folder) ? (statSync(folder).isDirectory() ? readdirSync(folder) : ['']) : [];
      if (there.some((name) => !NAMES.has(name) && !name.startsWith('.ecomml-')))
        throw new EcommlError('FEATURE_STORE_FOREIGN', `${folder} holds something, but no feature store of ecomml.`, {
          hint: 'Choose another place with --store: nothing there was changed.',
        });
      if (!create)
        throw new EcommlError('FEATURE_STORE_MISSING', `There is no feature store at ${folder}.`, {
          hint: `Make one: ecomml store materialize --input events.csv --store ${folder}.`,
        });
      return new FeatureStore(folder, [], '');
    }
    const text = readFileSync(path, 'utf8');
    const head = parsed(text) as Partial<Head> | undefined;
    if (head?.is !== IS || !Array.isArray(head.materialisations) || typeof head.format !== 'number')
      throw damagedStore(folder, 'store.json is not what ecomml writes');
    if (head.format > FEATURE_STORE_FORMAT) throw newer(folder, head.format);
    return new FeatureStore(folder, head.materialisations, text);
  }

  get latest(): string | undefined {
    return this.names.at(-1);
  }

  /** "latest", "previous", or the first digits of a name. */
  resolve(reference: string): string {
    const latest = this.latest;
    if (latest === undefined) throw damagedStore(this.folder, 'it holds no materialisation');
    if (reference === 'latest') return latest;
    if (reference === 'previous') {
      const before = this.names.at(-2);
      if (before === undefined)
        throw usageError(
          'FEATURE_STORE_VERSION',
          `${this.folder} holds one materialisation alone: there is none before it.`,
          'Materialize more events first, or compare with another store: --from FOLDER.',
        );
      return before;
    }
    const found = this.names.filter((name) => name.startsWith(reference));
    if (found.length === 1 && reference !== '') return found[0];
    throw usageError(
      'FEATURE_STORE_VERSION',
      `${this.folder} has ${found.length === 0 ? 'no' : 'more than one'} materialisation "${reference}".${didYouMean(reference, this.names)}`,
      `It has ${this.names.join(', ')}; "latest" and "previous" are names too.`,
    );
  }

  materialisation(name: string): Materialisation {
    const path = join(this.folder, 'versions', `${name}.json`);
    if (!existsSync(path)) throw damagedStore(this.folder, `materialisation ${name} is missing`);
    return readMaterialisation(readFileSync(path, 'utf8'), name, this.folder);
  }

  partPath(sha256: string): string {
    return join(this.folder, 'parts', sha256);
  }

  /** The paths of parts, each looked through: what is damaged is not read. */
  async checkedParts(parts: Iterable<string>): Promise<string[]> {
    const paths: string[] = [];
    for (const sha256 of parts) {
      const path = this.partPath(sha256);
      if (!existsSync(path)) throw damagedStore(this.folder, `parts/${sha256} is missing`);
      if ((await hashOfFile(path)) !== sha256)
        throw damagedStore(this.folder, `parts/${sha256} has other bytes than its name says`);
      paths.push(path);
    }
    return paths;
  }

  /** A path for a part that is being written. */
  newPart(): string {
    mkdirSync(join(this.folder, 'parts'), { recursive: true });
    return pathAside(join(this.folder, 'parts', 'part'));
  }

  /** Gives a written part its name, which is its hash. */
  async keepPart(path: string): Promise<string> {
    const sha256 = await hashOfFile(path);
    if (existsSync(this.partPath(sha256))) rmSync(path);
    else publishFile(path, this.partPath(sha256));
    return sha256;
  }

  /** Makes it the latest; its parts are there. The store is as it was until the last step. */
  publish(materialisation: Materialisation): string {
    const text = materialisationText(materialisation);
    const name = nameOf(text);
    writeFileAtomic(join(this.folder, 'versions', `${name}.json`), text);
    const path = join(this.folder, 'store.json');
    if ((existsSync(path) ? readFileSync(path, 'utf8') : '') !== this.#head)
      throw new EcommlError('FEATURE_STORE_CHANGED', `Another materialize changed ${this.folder} meanwhile.`, {
        hint: 'Run it again: it goes on from what the other one wrote.',
      });
    const names = [...this.names.filter((known) => known !== name), name];
    const head: Head = { format: FEATURE_STORE_FORMAT, is: IS, materialisations: names };
    writeFileAtomic(path, `${JSON.stringify(head, null, 2)}\n`);
    return name;
  }
}

/** sha256 in hexadecimal, read once through. */
export async function hashOfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
