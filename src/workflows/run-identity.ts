/** What makes a score run the same run again: model, inputs and options, for --resume and for the shards of one run. */
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { ecommlVersion } from '../base/version.js';
import type { RunIdentity } from '../scoring/score-journal.js';
import type { ScorePlan } from '../scoring/score-plan.js';
import type { ScoringJob } from '../scoring/scoring-job.js';
import type { ScoreOptions } from './options.js';

const LOOKED_AT = 2 ** 16;

/** `paths`: the inputs; "-" has no identity. The shard itself is left out: it is the same in all shards. */
export function runIdentity(
  { model, output, policy, explain }: ScorePlan,
  paths: readonly string[],
  { request, passed, written, format }: Pick<ScoringJob, 'request' | 'passed' | 'written' | 'format'>,
  options: ScoreOptions,
): RunIdentity {
  const { sha256, runtime, name } = model as ScorePlan['model'] & { readonly runtime?: string };
  const { map, moments, reading, maxBadRows, features, onnxOutput } = options;
  return {
    ecomml: ecommlVersion(),
    model: { name, sha256, runtime: runtime ?? null },
    inputs: paths.map((path) => (path === '-' ? null : fingerprint(path))),
    options: {
      columns: output.columns,
      policy,
      explain,
      request,
      passed,
      written,
      format,
      map,
      moments,
      reading,
      maxBadRows,
      features,
      onnxOutput,
    },
  };
}

/** Size, time of the last change, and a checksum of both ends. */
function fingerprint(path: string) {
  const descriptor = openSync(path, 'r');
  try {
    const { size, mtimeMs } = fstatSync(descriptor);
    const hash = createHash('sha256');
    const bytes = new Uint8Array(LOOKED_AT);
    for (const at of [0, Math.max(0, size - LOOKED_AT)])
      hash.update(bytes.subarray(0, readSync(descriptor, bytes, 0, LOOKED_AT, at)));
    return { bytes: size, changed: mtimeMs, ends: hash.digest('hex') };
  } finally {
    closeSync(descriptor);
  }
}
