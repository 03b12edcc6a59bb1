/**
 * Where scores go: a file that appears whole (written aside, fsynced, renamed) or stdout with back-pressure. It writes
 * text in the order it is given.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { fsyncPath, pathAside } from '../base/atomic-file.js';

export interface ScoreOutput {
  write(text: string): Promise<void>;
  /** Publishes the file; a no-op for stdout. */
  finish(): Promise<void>;
  /** Removes what was written aside. Safe after `finish`. */
  discard(): void;
}

/** `path` "-" is stdout. */
export function openScoreOutput(path: string): ScoreOutput {
  return path === '-' ? stdoutOutput() : fileOutput(path);
}

function stdoutOutput(): ScoreOutput {
  return {
    write: (text) =>
      new Promise((resolve, reject) => {
        process.stdout.write(text, (error) => (error ? reject(error) : resolve()));
      }),
    finish: async () => {},
    discard: () => {},
  };
}

function fileOutput(path: string): ScoreOutput {
  mkdirSync(dirname(path), { recursive: true });
  const aside = pathAside(path);
  const descriptor = openSync(aside, 'wx');
  let open = true;
  const close = () => {
    if (open) closeSync(descriptor);
    open = false;
  };
  return {
    write: async (text) => {
      const bytes = Buffer.from(text, 'utf8');
      for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
    },
    finish: async () => {
      fsyncSync(descriptor);
      close();
      renameSync(aside, path);
      fsyncPath(dirname(path));
    },
    discard: () => {
      close();
      rmSync(aside, { force: true });
    },
  };
}
