import { describe, expect, it } from 'vitest';
import { silentProgress } from '#ecomml/base/progress.js';
import { FAMILIES } from '#ecomml/forest/forest.js';
import { familyParameters } from '#ecomml/trees/families.js';
import type { MemoryEstimate } from '#ecomml/trees/memory-estimate.js';
import { checkMemory, memorySentence } from '#ecomml/workflows/check-memory.js';
import { trainMembers } from '#ecomml/workflows/train-members.js';

const GIB = 2 ** 30;
const estimate = (bytes: number, columns = bytes): MemoryEstimate => ({
  family: 'random-forest',
  bytes,
  parts: { columns, rows: 2 ** 20, trees: bytes - columns },
});
const shape = { rows: 7, columns: 3 };

describe('memory is told first and refused with a sentence', () => {
  it('says what for', () => {
    expect(memorySentence(estimate(3 * GIB, GIB))).toBe(
      'random-forest will take about 3.0 GiB: columns 1.0 GiB, rows 1 MiB, trees 2.0 GiB.',
    );
  });

  it('takes what fits', () => {
    expect(() => checkMemory(estimate(3 * GIB), shape, 4 * GIB)).not.toThrow();
    expect(() => checkMemory(estimate(2 ** 20), shape)).not.toThrow();
  });

  it('refuses more than WebAssembly can address, however much the machine has', () => {
    const check = () => checkMemory(estimate(4.5 * GIB), shape, 64 * GIB);
    expect(check).toThrow(/7 rows × 3 columns needs about 4\.5 GiB.*4\.0 GiB that WebAssembly/);
  });

  it('refuses more than the machine or its container has free', () => {
    const check = () => checkMemory(estimate(2 * GIB, GIB / 2), shape, GIB);
    expect(check).toThrow(/2\.0 GiB.*more than the 1\.0 GiB that this machine or its container has free/);
  });

  it.each(FAMILIES)('%s: bins of more than 4 GiB are refused before a byte is taken', async (family) => {
    // The columns are never looked at: they could not be here.
    const column = (c: number) => ({ name: `x${c}`, kind: 'numeric' as const, values: new Float64Array(0) });
    const rows = 60_000_000;
    const columns = Array.from({ length: 120 }, (_, c) => column(c));
    const part = { matrix: { rows, columns }, label: new Float64Array(0) };
    const said: string[] = [];
    const training = trainMembers(
      {
        families: [family],
        parameters: { [family]: familyParameters(family, {}) },
        train: part,
        stopping: { ...part, matrix: { ...part.matrix, rows: 0 } },
        hasTime: false,
        earlyStoppingRounds: 10,
        earlyStoppingMetric: 'log_loss',
        historyMetrics: [],
      },
      {
        seed: 1,
        threads: 1,
        progress: (event) => (event.type === 'message' ? said.push(event.text) : silentProgress(event)),
        signal: new AbortController().signal,
      },
    );
    await expect(training).rejects.toMatchObject({ code: 'OUT_OF_MEMORY' });
    await expect(training).rejects.toThrow(/60000000 rows × 120 columns needs about \d+\.\d GiB/);
    expect(said[0]).toMatch(new RegExp(`^${family} will take about`));
  });
});
