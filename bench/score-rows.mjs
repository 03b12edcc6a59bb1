/** The seeded feature table of 40 columns that score-table.mjs and score-start.mjs score. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { Random } from '../dist/base/random.js';

const COLUMNS = 40;
const WORDS = ['web', 'app', 'mail', 'store', 'phone'];

/** Integers, prices, long decimals and words; the label hangs on some of each. */
export function writeTable(path, rows, labelled) {
  const random = new Random(5);
  const file = openSync(path, 'w');
  let text = `${Array.from({ length: COLUMNS }, (_, c) => `f${c}`).join(',')}${labelled ? ',y' : ''}\n`;
  for (let row = 0; row < rows; row++) {
    let logit = 0;
    const cells = Array.from({ length: COLUMNS }, (_, c) => {
      const u = random.next();
      if (c < 8) logit += c % 8 === 7 ? Number(u > 0.2 && u < 0.4) * 0.5 : u - 0.5;
      if (c % 8 === 7) return WORDS[Math.floor(u * 5)];
      return [(u - 0.5).toFixed(6), Math.floor(u * 100), (u * 1000).toFixed(2), String(u)][c % 4];
    });
    if (labelled) cells.push(Number(random.next() < 1 / (1 + Math.exp(-2 * logit))));
    text += `${cells.join(',')}\n`;
    if (text.length > 2 ** 22 || row === rows - 1) {
      writeSync(file, text);
      text = '';
    }
  }
  closeSync(file);
}
