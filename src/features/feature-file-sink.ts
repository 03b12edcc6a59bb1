/** Takes batches of columns into a Parquet file: in this thread, or in a thread beside it. It makes no values. */
import { Worker } from 'node:worker_threads';
import { EcommlError } from '../base/errors.js';
import { ParquetWriter, type WriterColumn } from '../table/parquet-writer.js';

/** What a writing thread starts from. */
export interface FileThreadData {
  readonly path: string;
  readonly columns: readonly WriterColumn[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** Columns in shared memory that stay as they are until they are answered; no rows: the end of the file. */
export interface FileBatch {
  readonly rows: number;
  readonly values: readonly (Float64Array | Int32Array)[];
}

/** To each batch, in their order. */
export type FileAnswer =
  | { readonly ok: true }
  | { readonly ok: false; readonly code: string; readonly message: string; readonly hint?: string };

export interface FileSink {
  /** Settles when fewer than `batches` are under way. */
  fewerThan(batches: number): Promise<void>;
  write(batch: FileBatch): void;
  finish(): Promise<void>;
  /** The file is left as it is. */
  abandon(): Promise<void>;
}

/** Below so many rows a thread costs more than it saves. */
const FEW_ROWS = 20_000;

/** `rows`: how many are to come. */
export function openFileSink({
  threads,
  rows,
  ...data
}: FileThreadData & { readonly threads: number; readonly rows: number }): FileSink {
  return threads > 1 && rows > FEW_ROWS ? threadSink(data) : ownSink(data);
}

function ownSink({ path, columns, metadata }: FileThreadData): FileSink {
  const writer = new ParquetWriter(path, columns, metadata);
  return {
    fewerThan: async () => {},
    write: ({ rows, values }) => writer.write(rows, values),
    finish: async () => writer.finish(),
    abandon: async () => writer.abandon(),
  };
}

function threadSink(data: FileThreadData): FileSink {
  const worker = new Worker(new URL('./feature-file-thread.js', import.meta.url), { workerData: data });
  let underWay = 0;
  let failure: EcommlError | undefined;
  let wake: (() => void) | undefined;
  const fail = (error: EcommlError) => {
    failure ??= error;
    wake?.();
  };
  worker.on('message', (answer: FileAnswer) => {
    underWay--;
    if (!answer.ok)
      fail(new EcommlError(answer.code, answer.message, answer.hint === undefined ? {} : { hint: answer.hint }));
    wake?.();
  });
  worker.on('error', (error) => fail(lost(error.message)));
  worker.on('exit', (code) => fail(lost(`exit code ${code}`)));
  const fewerThan = async (batches: number): Promise<void> => {
    while (underWay >= batches && failure === undefined)
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    if (failure !== undefined) throw failure;
  };
  const write = (batch: FileBatch) => {
    underWay++;
    worker.postMessage(batch);
  };
  const end = async () => {
    await worker.terminate();
  };
  return {
    fewerThan,
    write,
    finish: async () => {
      write({ rows: 0, values: [] });
      await fewerThan(1);
      await end();
    },
    abandon: end,
  };
}

function lost(how: string): EcommlError {
  return new EcommlError('WORKER_FAILED', `The thread that writes features ended early: ${how}.`, {
    hint: 'Run again with --threads 1 and --debug.',
  });
}
