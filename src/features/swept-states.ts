/**
 * A pass over events (sweep.ts) that knows only the entities it was given: states come in as bytes and go out as bytes,
 * ids get codes of its own. It reads and writes no store, and lives for one call (entity-sweep.ts).
 */
import { EcommlError } from '../base/errors.js';
import { entityKey } from './entity-key.js';
import type { FeatureFamily } from './feature.js';
import { StateReader, StateWriter } from './state-bytes.js';
import { Sweep } from './sweep.js';
import { type Coded, ENTITY_KINDS, type EntityKind, type KeptKinds } from './sweep-state.js';
import { restoreEvents, saveEvents } from './window-log.js';
import { LOGGED, type Logged, WindowLogs } from './window-logs.js';

/** Of the bytes: a newer one is refused. */
const STATE_FORMAT = 1;

export interface Entity {
  readonly kind: EntityKind;
  readonly codes: readonly number[];
  readonly key: string;
}

export interface Chunk {
  readonly kind: Logged;
  readonly code: number;
  readonly number: number;
  readonly key: string;
}

export class SweptStates {
  readonly sweep: Sweep;
  readonly kept: KeptKinds;
  /** The latest instant applied; undefined before the first. */
  latest: number | undefined;
  readonly #families: string;
  readonly #logs = new WindowLogs();
  readonly #hasLogs: boolean;
  readonly #codes = new Map<Coded, Map<string, number>>();
  readonly #texts = new Map<Coded, string[]>();
  /** The bytes that came in. */
  readonly #was = new Map<string, Uint8Array | undefined>();

  constructor(families: ReadonlySet<FeatureFamily>) {
    this.sweep = new Sweep(families, this.#logs);
    this.kept = this.sweep.kept();
    this.#hasLogs = families.has('window');
    this.#families = [...families].sort().join(' ');
  }

  /** The code of an id; −1 for a missing one. */
  codeOf(of: Coded, text: string | null): number {
    if (text === null) return -1;
    const codes = this.#codes.get(of) ?? new Map<string, number>();
    this.#codes.set(of, codes);
    const known = codes.get(text);
    if (known !== undefined) return known;
    const code = codes.size;
    codes.set(text, code);
    const texts = this.#texts.get(of);
    if (texts === undefined) this.#texts.set(of, [text]);
    else texts.push(text);
    return code;
  }

  /** Nothing is kept of some kinds when families are left out: undefined. */
  entity(kind: EntityKind, ...codes: number[]): Entity | undefined {
    if (kind !== 'all' && this.kept[kind] === undefined) return undefined;
    const of: readonly Coded[] = ENTITY_KINDS[kind];
    const ids =
      kind === 'all' ? [] : codes.map((code, i) => (of[i] === 'band' ? String(code) : this.#text(of[i], code)));
    return { kind, codes, key: entityKey(kind, ids) };
  }

  knows(key: string): boolean {
    return this.#was.has(key);
  }

  restore(entity: Entity, bytes: Uint8Array | undefined): void {
    this.#was.set(entity.key, bytes);
    if (bytes === undefined) return;
    const from = reader(bytes, entity.key);
    if (entity.kind === 'all') this.#restoreAll(from);
    const { columns, pairs, lists = [] } = this.kept[entity.kind] ?? { columns: [] };
    const [first, second] = entity.codes;
    const code = pairs === undefined ? first : pairs.codeOf(first, second);
    for (const column of columns) {
      column.ensure(code + 1);
      column.restore(code, from);
    }
    for (const list of lists) {
      const products: number[] = [];
      for (let left = from.whole(); left > 0; left--) products.push(this.codeOf('product', from.text()));
      list.set(code, products);
    }
    if (this.#isLogged(entity.kind)) this.#logs.logOf(entity.kind, code).restore(from);
    from.end();
  }

  /** Its bytes if they are others than those that came in; undefined: nothing changed. */
  changed(entity: Entity): Uint8Array | undefined {
    const { pairs } = this.kept[entity.kind] ?? {};
    const [first, second] = entity.codes;
    const code = pairs === undefined ? first : pairs.find(first, second);
    if (code < 0) return undefined;
    const bytes = this.#bytesOf(entity.kind, code);
    const was = this.#was.get(entity.key);
    if (was !== undefined) return Buffer.compare(was, bytes) === 0 ? undefined : bytes;
    return pairs === undefined && Buffer.compare(bytes, this.#untouched(entity.kind)) === 0 ? undefined : bytes;
  }

  /** The chunks of a log that the windows before an instant need and that are not there yet. */
  chunksFor(kind: Logged, code: number, us: number): Chunk[] {
    if (!this.#hasLogs || code < 0) return [];
    return this.#logs.chunksFor(kind, code, us).map((number) => this.#chunk(kind, code, number));
  }

  restoreChunk({ kind, code, number, key }: Chunk, bytes: Uint8Array | undefined): void {
    if (bytes === undefined) throw new StateReader(new Uint8Array(0), key).corrupt('it is not there');
    const from = reader(bytes, key);
    const events = restoreEvents(from);
    from.end();
    this.#logs.logOf(kind, code).setChunk(number, events);
  }

  /** Chunks that were filled or let go: a chunk that is gone has no bytes. */
  *changedChunks(entities: Iterable<Entity>): Generator<readonly [key: string, bytes: Uint8Array | undefined]> {
    for (const { kind, codes } of entities) {
      if (!this.#isLogged(kind)) continue;
      const log = this.#logs.logOf(kind, codes[0]);
      for (const number of log.filled) {
        if (log.gone.includes(number)) continue;
        const to = writer();
        saveEvents(log.chunk(number), to);
        yield [this.#chunk(kind, codes[0], number).key, to.bytes()];
      }
      for (const number of log.gone) yield [this.#chunk(kind, codes[0], number).key, undefined];
    }
  }

  #bytesOf(kind: EntityKind, code: number): Uint8Array {
    const to = writer();
    if (kind === 'all') {
      to.text(this.#families);
      to.double(this.latest ?? Number.NaN);
    }
    const { columns, lists = [] } = this.kept[kind] ?? { columns: [] };
    for (const column of columns) {
      column.ensure(code + 1);
      column.save(code, to);
    }
    for (const list of lists) {
      const texts = list.get(code).map((product) => this.#text('product', product));
      to.whole(texts.length);
      for (const text of sorted(texts)) to.text(text);
    }
    if (this.#isLogged(kind)) this.#logs.logOf(kind, code).save(to);
    return to.bytes();
  }

  #untouched(kind: EntityKind): Uint8Array {
    // A code behind all others: nobody ever set it.
    return this.#bytesOf(kind, this.#texts.get(ENTITY_KINDS[kind][0])?.length ?? 1000);
  }

  #restoreAll(from: StateReader): void {
    const families = from.text() ?? '';
    if (families !== this.#families)
      throw new EcommlError(
        'STATE_FEATURES',
        `The states are kept for the families ${families}; asked for are ${this.#families}.`,
        { hint: 'Give --feature-families as they were when the store was made, or make another store.' },
      );
    const latest = from.double();
    this.latest = Number.isNaN(latest) ? undefined : latest;
  }

  #chunk(kind: Logged, code: number, number: number): Chunk {
    return { kind, code, number, key: entityKey(`${kind}-log`, [this.#text(kind, code), String(number)]) };
  }

  #isLogged(kind: EntityKind): kind is Logged {
    return this.#hasLogs && (LOGGED as readonly string[]).includes(kind);
  }

  #text(of: Coded, code: number): string {
    return (this.#texts.get(of) as string[])[code];
  }
}

function sorted(texts: string[]): string[] {
  return texts.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

function writer(): StateWriter {
  const to = new StateWriter();
  to.whole(STATE_FORMAT);
  return to;
}

function reader(bytes: Uint8Array, key: string): StateReader {
  const from = new StateReader(bytes, key);
  const format = from.whole();
  if (format > STATE_FORMAT)
    throw new EcommlError(
      'STATE_NEWER',
      `The state of ${key} has format ${format}; this version of ecomml reads formats up to ${STATE_FORMAT}.`,
      { hint: 'Update ecomml, or make the store anew.' },
    );
  if (format !== STATE_FORMAT) throw from.corrupt(`${format} is no format`);
  return from;
}
