#!/usr/bin/env node
import { statSync } from 'node:fs';

// dist/start/ is dist/ in few files, and starts faster; in a clone where only tsc ran since, it is older and not used.
const madeAt = (file) => statSync(new URL(`../dist/${file}`, import.meta.url), { throwIfNoEntry: false })?.mtimeMs ?? 0;
const start = madeAt('start/main.js') >= Math.max(1, madeAt('cli/main.js'));
const { main } = await import(start ? '../dist/start/main.js' : '../dist/cli/main.js');

await main(process.argv);
