import { defineConfig } from 'vitest/config';

// Two workers: the machines the suite is planned for have two cores, and many tests start worker threads themselves.
// The time limits only end what hangs: on a busy machine a whole training through the binary takes half a minute.
// ECOMML_TEST_RESULTS names a file for the results as JSON, beside what is printed.
const results = process.env['ECOMML_TEST_RESULTS'];

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    pool: 'forks',
    maxWorkers: 2,
    ...(results ? { reporters: ['default', ['json', { outputFile: results }]] } : {}),
  },
});
