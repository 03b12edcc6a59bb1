/**
 * The online store in a server of Redis: the same contract over the network, for readers on other machines. A batch is one
 * MULTI that runs only while this process is the writer (WATCH). When the connection breaks in the middle of a batch, the
 * position tells after reconnecting whether the server had applied it, so it is applied once. How durable a batch is on the
 * disk is the server's own setting (appendonly, appendfsync): position and values are lost or kept together.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { EcommlError, usageError } from '../base/errors.js';
import { checked, withChecksum } from './checked-value.js';
import {
  FORMAT_KEY,
  keyBytes,
  LOG,
  type OnlineBatch,
  type OnlineStore,
  OWN,
  POSITION_KEY,
  VERSION_KEY,
  WRITER_KEY,
} from './online-store.js';
import { checkFormat, formatMark, taken } from './store-format.js';

const DEFAULT_PREFIX = 'ecomml:';
/** The sorted set that holds the names of the log's keys. */
const LOG_NAMES = `${OWN}log-names`;
const CONNECT_MS = 5000;
const PER_COMMAND = 1000;

export interface RedisOptions {
  /** False: `STORE_MISSING` where there is no store yet. */
  readonly create: boolean;
  /** How long a writer tries to reach the server again after the connection broke, in milliseconds; default 30,000. */
  readonly patience?: number;
}

type Client = Awaited<ReturnType<typeof connect>>;

export class RedisStore implements OnlineStore {
  readonly place: string;
  readonly #url: URL;
  readonly #prefix: string;
  readonly #patience: number;
  #client: Client;
  #writer = '';
  /** The position of the latest batch. */
  #applied: Uint8Array | undefined;

  private constructor(url: URL, client: Client, patience: number) {
    this.#url = url;
    this.#prefix = url.searchParams.get('prefix') ?? DEFAULT_PREFIX;
    this.place = placeOf(url);
    this.#client = client;
    this.#patience = patience;
  }

  /**
   * `address`: redis[s]://[[user]:password@]host[:port][/number][?prefix=ecomml:]. Errors: `STORE_ADDRESS`,
   * `STORE_UNREACHABLE`, `STORE_REFUSED`, `STORE_MISSING`, `STORE_FOREIGN`, `STORE_NEWER`.
   */
  static async open(address: string, { create, patience = 30_000 }: RedisOptions): Promise<RedisStore> {
    const url = parseAddress(address);
    const store = new RedisStore(url, await connect(url), patience);
    try {
      await store.#checkMark(create);
      return store;
    } catch (error) {
      store.#client.destroy();
      throw error;
    }
  }

  async get(keys: readonly string[]): Promise<(Uint8Array | undefined)[]> {
    if (keys.length === 0) return [];
    const values = await this.#ask(() => this.#client.mGet(keys.map((key) => this.#name(key))));
    return values.map((value, i) => (value === null ? undefined : this.#checked(keys[i], value as Buffer)));
  }

  async logged(from: string, to: string, limit: number): Promise<[string, Uint8Array][]> {
    const names = (
      await this.#ask(() =>
        this.#client.zRange(this.#name(LOG_NAMES), Buffer.from(`[${from}`), Buffer.from(`(${to}`), {
          BY: 'LEX',
          LIMIT: { offset: 0, count: limit },
        }),
      )
    ).map((name) => name.toString());
    const values = await this.get(names);
    return names.flatMap((name, i) => (values[i] === undefined ? [] : [[name, values[i]] as [string, Uint8Array]]));
  }

  async *entries(prefix: string): AsyncGenerator<[string, Uint8Array]> {
    const pattern = `${escaped(this.#prefix + prefix)}*`;
    const seen = new Set<string>();
    let cursor = '0';
    do {
      const page = await this.#ask(() => this.#client.scan(cursor, { MATCH: pattern, COUNT: PER_COMMAND }));
      const names = page.keys.map((key) => key.toString().slice(this.#prefix.length));
      // A key may come twice while the server's table of keys grows.
      const keys = names.filter((key) => !key.startsWith(OWN) && !seen.has(key) && seen.add(key));
      const values = await this.get(keys);
      for (const [i, key] of keys.entries()) {
        const bytes = values[i];
        if (bytes !== undefined) yield [key, bytes];
      }
      cursor = page.cursor.toString();
    } while (cursor !== '0');
  }

  async position(): Promise<Uint8Array | undefined> {
    return (await this.get([POSITION_KEY]))[0];
  }

  async version(): Promise<number> {
    return Number((await this.#ask(() => this.#client.get(this.#name(VERSION_KEY)))) ?? 0);
  }

  async claim(): Promise<void> {
    this.#writer = randomUUID();
    await this.#ask(() => this.#client.set(this.#name(WRITER_KEY), this.#writer));
    this.#applied = await this.position();
  }

  async apply(batch: OnlineBatch, position: Uint8Array): Promise<void> {
    for (const begun = performance.now(); ; ) {
      try {
        await this.#transact(batch, position);
        break;
      } catch (error) {
        const cause = storeError(error, this.place);
        if (cause.code !== 'STORE_UNREACHABLE' || performance.now() - begun > this.#patience) throw cause;
        const now = await this.#positionAfterReconnecting(begun, cause);
        if (same(now, position)) break;
        if (!same(now, this.#applied)) throw taken(this.place);
      }
    }
    this.#applied = position;
  }

  async close(): Promise<void> {
    if (this.#client.isOpen) this.#client.destroy();
  }

  async #transact({ puts, deletes }: OnlineBatch, position: Uint8Array): Promise<void> {
    const client = this.#client;
    await client.watch(this.#name(WRITER_KEY));
    const writer = await client.get(this.#name(WRITER_KEY));
    if (writer?.toString() !== this.#writer) {
      await client.unwatch();
      throw taken(this.place);
    }
    const multi = client.multi();
    for (const keys of pieces([...deletes])) {
      multi.del(keys.map((key) => this.#name(key)));
      const logged = keys.filter((key) => key.startsWith(LOG));
      if (logged.length > 0) multi.zRem(this.#name(LOG_NAMES), logged);
    }
    for (const entries of pieces([...puts])) {
      multi.mSet(entries.flatMap(([key, bytes]) => [this.#name(key), this.#summed(key, bytes)]));
      const logged = entries.filter(([key]) => key.startsWith(LOG));
      if (logged.length > 0)
        multi.zAdd(
          this.#name(LOG_NAMES),
          logged.map(([value]) => ({ value, score: 0 })),
        );
    }
    multi.set(this.#name(POSITION_KEY), this.#summed(POSITION_KEY, position));
    multi.incr(this.#name(VERSION_KEY));
    try {
      await multi.exec();
    } catch (error) {
      // The writer's key was changed between WATCH and EXEC.
      if ((error as Error).constructor.name === 'WatchError') throw taken(this.place);
      throw error;
    }
  }

  async #positionAfterReconnecting(begun: number, cause: EcommlError): Promise<Uint8Array | undefined> {
    for (;;) {
      try {
        this.#client.destroy();
      } catch {
        // It was closed already.
      }
      try {
        this.#client = await connect(this.#url);
        return await this.position();
      } catch (error) {
        if (performance.now() - begun > this.#patience) throw cause;
        // A server that is starting reads its files first and says so.
        const { code, message } = storeError(error, this.place);
        if (code !== 'STORE_UNREACHABLE' && !message.includes('LOADING')) throw error;
        await sleep(100);
      }
    }
  }

  async #checkMark(create: boolean): Promise<void> {
    const [mark] = await this.get([FORMAT_KEY]);
    if (mark !== undefined) return checkFormat(mark, this.place);
    if (!create)
      throw new EcommlError('STORE_MISSING', `There is no online store at ${this.place}.`, {
        hint: 'Make one: ecomml store ingest --input events.csv --online redis://….',
      });
    await this.#ask(() => this.#client.set(this.#name(FORMAT_KEY), this.#summed(FORMAT_KEY, formatMark())));
  }

  /** A reader's question: tried once more over a new connection when the old one was closed meanwhile. */
  async #ask<T>(question: () => Promise<T>): Promise<T> {
    try {
      if (!this.#client.isReady) this.#client = await connect(this.#url);
      return await question();
    } catch (error) {
      const first = storeError(error, this.place);
      if (first.code !== 'STORE_UNREACHABLE' || this.#client.isReady) throw first;
      try {
        this.#client = await connect(this.#url);
        return await question();
      } catch (again) {
        throw storeError(again, this.place);
      }
    }
  }

  #name(key: string): string {
    return this.#prefix + key;
  }

  #summed(key: string, bytes: Uint8Array): Buffer {
    return withChecksum(keyBytes(key), bytes) as Buffer;
  }

  #checked(key: string, value: Buffer): Uint8Array {
    return checked(Buffer.from(key), value, this.place);
  }
}

async function connect(url: URL) {
  const { createClient, RESP_TYPES } = await import('@redis/client');
  const plain = new URL(url);
  plain.search = '';
  const client = createClient({
    url: plain.href,
    name: 'ecomml',
    disableOfflineQueue: true,
    // Reconnecting is this file's own: after it, the position must be read before anything else is sent.
    socket: { reconnectStrategy: false, connectTimeout: CONNECT_MS },
  }).withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
  // Each error also rejects what was asked; without a listener it would end the process.
  client.on('error', () => {});
  try {
    await client.connect();
  } catch (error) {
    if (client.isOpen) client.destroy();
    throw storeError(error, placeOf(url));
  }
  return client;
}

function parseAddress(address: string): URL {
  const refused = (why: string) =>
    usageError('STORE_ADDRESS', `The address of a Redis store ${why}.`, 'As in redis://127.0.0.1:6379/0.');
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    throw refused('cannot be read');
  }
  if (url.hostname === '') throw refused('names no host');
  if (!/^(\/\d*)?$/.test(url.pathname)) throw refused(`ends in "${url.pathname}", but a database is a number`);
  const unknown = [...url.searchParams.keys()].find((key) => key !== 'prefix');
  if (unknown !== undefined) throw refused(`has an unknown part "${unknown}"`);
  return url;
}

/** The address without user, password and query. */
function placeOf({ protocol, host, pathname }: URL): string {
  return `${protocol}//${host}${pathname}`;
}

/** What the client throws, in words: the server is away, it refuses, it is full. */
function storeError(error: unknown, place: string): EcommlError {
  if (error instanceof EcommlError) return error;
  const { name, code = '', message = '' } = error as NodeJS.ErrnoException;
  const kind = (error as object).constructor?.name ?? name;
  const replies = (error as { replies?: unknown[] }).replies ?? [];
  const text = [
    message,
    ...replies.filter((reply) => reply instanceof Error).map((reply) => (reply as Error).message),
  ].join(' ');
  if (/WRONGPASS|NOAUTH|invalid password|NOPERM|without any password/i.test(text))
    return new EcommlError('STORE_REFUSED', `Redis at ${place} does not let ecomml in: ${message}`, {
      hint: 'Give user and password in the address (redis://user:password@host), best by the variable ECOMML_ONLINE.',
      cause: error,
    });
  if (/\bOOM\b/.test(text))
    return new EcommlError('STORE_FULL', `Redis at ${place} has no memory left; the latest batch was not applied.`, {
      hint: "Raise the server's maxmemory and run again: it goes on where it stopped. Its policy must be noeviction.",
      cause: error,
    });
  const away =
    /^E(CONN|PIPE|HOST|NET|TIMEDOUT|AI_)/.test(code) ||
    ['ENOTFOUND', 'EAI_AGAIN'].includes(code) ||
    /Socket|Client(Closed|Offline)|ConnectionTimeout|Disconnects|AbortError|Reconnect/.test(kind) ||
    kind === 'AggregateError';
  if (away || /^LOADING/.test(message))
    return new EcommlError('STORE_UNREACHABLE', `Redis at ${place} cannot be reached: ${message || code || kind}.`, {
      hint: 'Is the server running, and is this its address?',
      cause: error,
    });
  return new EcommlError('STORE_FAILED', `Redis at ${place} answered: ${message}`, { cause: error });
}

function same(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a === undefined || b === undefined ? a === b : Buffer.compare(a, b) === 0;
}

function escaped(text: string): string {
  return text.replace(/[\\*?[\]]/g, '\\$&');
}

function* pieces<T>(all: readonly T[]): Generator<T[]> {
  for (let at = 0; at < all.length; at += PER_COMMAND) yield all.slice(at, at + PER_COMMAND);
}
