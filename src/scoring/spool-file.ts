/** Lines that lie beside an output until all rows are scored; gone once the output is made of them. */
import { rmSync } from 'node:fs';
import { OutputFile } from '../table/output-file.js';

export interface SpoolFile {
  readonly path: string;
  write(bytes: Uint8Array): void;
  /** All bytes are in the file. May be called twice. */
  close(): void;
  /** Closes and removes it, if it is still there. */
  discard(): void;
}

export function spoolFile(path: string): SpoolFile {
  const file = new OutputFile(path);
  let open = true;
  const close = () => {
    if (!open) return;
    open = false;
    file.close();
  };
  return {
    path,
    write: (bytes) => file.write(bytes),
    close,
    discard: () => {
      try {
        close();
      } finally {
        rmSync(path, { force: true });
      }
    },
  };
}
