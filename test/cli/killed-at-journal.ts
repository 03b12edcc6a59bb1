/**
 * Does something to a score run from within, as soon as its journal says that it came so far: at the same place however busy
 * the machine is.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { emptyFolder } from './run-binary.js';

/** The environment of a run that is killed once rows are scored, those of earlier inputs than number `input` (from 0) first. */
export function killedAtJournal(input = 0): Record<string, string> {
  return atJournal("process.kill(process.pid, 'SIGKILL')", input);
}

/** The environment of a run that does `code` (JavaScript, with `fs`) there, once; its working folder is the run's. */
export function atJournal(code: string, input = 0): Record<string, string> {
  const script = join(emptyFolder(), 'at-journal.cjs');
  writeFileSync(
    script,
    `const fs = require('node:fs');
const { renameSync } = fs;
let done = false;
fs.renameSync = (from, to) => {
  renameSync(from, to);
  if (done || !String(to).endsWith('.journal')) return;
  const { position } = JSON.parse(fs.readFileSync(to, 'utf8'));
  if (position === undefined || position.input < ${input}) return;
  done = true;
  ${code};
};
require('node:module').syncBuiltinESMExports();
`,
  );
  return { NODE_OPTIONS: `--require ${script}` };
}
