/** Cleans events and writes their features, in a process of its own: node features-ecomml.mjs EVENTS OUTPUT THREADS */
import { silentProgress } from '../dist/base/progress.js';
import { writeFeatures } from '../dist/features/build-features.js';
import { withDatabase } from '../dist/table/duckdb.js';
import { EVENT_MEMORY } from '../dist/workflows/event-memory.js';
import { loadClean } from '../dist/workflows/load-clean.js';
import { processFigures } from './process-figures.mjs';

const [input, output, threads] = process.argv.slice(2);
/** Those that the peers' scripts make too. */
const families = ['user', 'product', 'category', 'brand', 'temporal', 'behavioural', 'id'];
const signal = new AbortController().signal;

await withDatabase({ threads: Number(threads), memoryBytes: EVENT_MEMORY }, async (db) => {
  const begun = performance.now();
  const context = { seed: 1, threads: Number(threads), progress: silentProgress, signal };
  const loaded = await loadClean(db, { input, map: {}, maxBadRows: 0.01 }, context);
  await db.run('DROP TABLE IF EXISTS raw_input');
  const cleaned = performance.now();
  const built = await writeFeatures(
    db,
    output,
    {},
    { events: loaded.relation, moments: 'all', idFeatures: true, families },
  );
  const seconds = { clean: (cleaned - begun) / 1000, features: (performance.now() - cleaned) / 1000 };
  console.log(JSON.stringify({ rows: built.rows, ...seconds, ...processFigures() }));
});
