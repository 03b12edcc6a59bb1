/**
 * Ends a score run with SIGKILL, from within, as soon as its journal says that it came so far: at the same place however
 * busy the machine is.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { emptyFolder } from './run-binary.js';

/** The environment of a run that is killed once rows are scored, those of earlier inputs than number `input` (from 0) first. */
export function killedAtJournal(input = 0): Record<string, string> {
  const script = join(emptyFolder(), 'kill.cjs');
  writeFileSync(
    script,
    `const fs = require('node:fs');
const { renameSync } = fs;
fs.renameSync = (from, to) => {
  renameSync(from, to);
  if (!String(to).endsWith('.journal')) return;
  const { position } = JSON.parse(fs.readFileSync(to, 'utf8'));
  if (position !== undefined && position.input >= ${input}) process.kill(process.pid, 'SIGKILL');
};
require('node:module').syncBuiltinESMExports();
`,
  );
  return { NODE_OPTIONS: `--require ${script}` };
}
