/**
 * How much of polluted CSV files ecomml and DuckDB's own detection load: the kinds of pollution of the Pollock benchmark,
 * on files made here, by the benchmark's measures. `node bench/pollution.mjs [--kinds]`; with `--pollock FOLDER` on the
 * benchmark's own files too (a clone of HPI-Information-Systems/Pollock).
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { withDatabase } from '../dist/table/duckdb.js';
import { RecordScanner, splitRecord } from '../dist/table/record-scanner.js';
import { loadWithDuckDb, loadWithEcomml } from './pollution/load-polluted.mjs';
import {
  benchmarkScores,
  cleanTable,
  filePollutions,
  furtherPollutions,
  rowPollutions,
} from './pollution/pollution-kinds.mjs';
import { pollutionScore } from './pollution/pollution-score.mjs';

const { values: options } = parseArgs({
  options: { kinds: { type: 'boolean', default: false }, pollock: { type: 'string' } },
});
const READERS = [
  ['ecomml', loadWithEcomml],
  ['DuckDB, automatic', (db, path) => loadWithDuckDb(db, path, false)],
  ['DuckDB, automatic, all texts', (db, path) => loadWithDuckDb(db, path, true)],
];

const folder = mkdtempSync(join(tmpdir(), 'ecomml-pollution-'));
try {
  const table = cleanTable();
  const files = [...filePollutions(table), ...rowPollutions(table, [...table.keys()])];
  await compare('kinds of the benchmark', made(files), benchmarkScores);
  const mean = (scores) => ({ simple: scores.reduce((sum, { score }) => sum + score, 0) / scores.length });
  await compare('further kinds', made(furtherPollutions(table)), mean);
  if (options.pollock !== undefined) await comparePollock(join(options.pollock, 'polluted_files'));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function made(files) {
  return files.map(({ bytes, ...file }, n) => {
    const path = join(folder, `${n}.csv`);
    writeFileSync(path, bytes);
    return { ...file, path };
  });
}

async function compare(title, files, summary) {
  console.log(`\n${title}: ${files.length} files`);
  await withDatabase({ threads: 1 }, async (db) => {
    const byKind = new Map();
    for (const [reader, load] of READERS) {
      const scores = [];
      for (const { kind, path, clean, weight } of files) {
        const { rows } = await load(db, path);
        const score = pollutionScore(clean, rows);
        scores.push({ kind, score, weight });
        byKind.set(kind, { ...byKind.get(kind), [reader]: [...(byKind.get(kind)?.[reader] ?? []), score] });
      }
      const { simple, weighted } = summary(scores);
      const more = weighted === undefined ? '' : `, weighted ${weighted.toFixed(3)}`;
      console.log(`  ${reader.padEnd(30)} simple ${simple.toFixed(3)}${more} of 10`);
    }
    if (!options.kinds) return;
    for (const [kind, scores] of byKind) {
      const means = READERS.map(([reader]) => {
        const all = scores[reader];
        return (all.reduce((sum, score) => sum + score, 0) / all.length).toFixed(2).padStart(6);
      });
      console.log(`    ${means.join(' ')}  ${kind}`);
    }
  });
}

/** The benchmark's own files, by its own weights. */
async function comparePollock(root) {
  const weights = JSON.parse(readFileSync(join(root, '..', 'pollock_weights.json'), 'utf8'));
  const files = readdirSync(join(root, 'csv')).map((name) => ({
    kind: name.startsWith('row') ? name.replaceAll(/\d+/g, 'N') : name,
    path: join(root, 'csv', name),
    clean: recordsOf(readFileSync(join(root, 'clean', name))),
    weight: weights[name] ?? 0,
  }));
  await compare("Pollock's own files", files, (scores) => {
    const total = scores.reduce((sum, { weight }) => sum + weight, 0);
    return {
      simple: scores.reduce((sum, { score }) => sum + score, 0) / scores.length,
      weighted: scores.reduce((sum, { score, weight }) => sum + score * weight, 0) / total,
    };
  });
}

/** A clean file of the benchmark: commas, double quotes, doubled quotes. */
function recordsOf(bytes) {
  const syntax = { delimiter: ',', quote: '"', newline: 'crlf' };
  const scanner = new RecordScanner(syntax, 0);
  const records = [];
  for (let at = 0; scanner.scan(bytes, at, true); at = scanner.next)
    records.push(splitRecord(bytes, scanner.start, scanner.end, syntax));
  return records;
}
