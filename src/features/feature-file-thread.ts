/** The thread that encodes feature rows and writes them: batches in, one answer each. */
import { parentPort, workerData } from 'node:worker_threads';
import { EcommlError } from '../base/errors.js';
import { ParquetWriter } from '../table/parquet-writer.js';
import type { FileAnswer, FileBatch, FileThreadData } from './feature-file-sink.js';

const { path, columns, metadata } = workerData as FileThreadData;
let writer: ParquetWriter | undefined;

function answer({ rows, values }: FileBatch): FileAnswer {
  try {
    writer ??= new ParquetWriter(path, columns, metadata);
    if (rows === 0) writer.finish();
    else writer.write(rows, values);
    return { ok: true };
  } catch (error) {
    const { message } = error as Error;
    if (!(error instanceof EcommlError)) return { ok: false, code: 'FEATURES_WRITE', message };
    return { ok: false, code: error.code, message, ...(error.hint === undefined ? {} : { hint: error.hint }) };
  }
}

parentPort?.on('message', (batch: FileBatch) => parentPort?.postMessage(answer(batch)));
