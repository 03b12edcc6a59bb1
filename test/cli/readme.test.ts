import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { optionsMarkdown } from '#ecomml/cli/option-docs.js';
import { parse } from '#ecomml/cli/program.js';
import { VERBS } from '#ecomml/cli/verbs.js';
import { ROOT } from './run-binary.js';

const README = join(ROOT, 'README.md');

/** The first words of the commands: a command of a group has two. */
const VERB_WORDS = new Set(Object.keys(VERBS).map((verb) => verb.split(' ')[0]));

/** Words of a shell line, quotes taken off; enough for the README's examples. */
function words(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2]);
}

/** Every `ecomml …` command in a text, as arguments after the name. */
function commands(text: string): string[][] {
  const lines = text.split('\n').flatMap((line) => line.split(/&&|\|/));
  return lines
    .map((line) => /(?:^|\$ |\s)ecomml (\w.*?)\s*(?:>.*)?$/.exec(line)?.[1])
    .filter((line) => line !== undefined)
    .map(words);
}

/** The formatter pads the cells of tables. */
function unpadded(table: string): string {
  return table.replaceAll(/ +/g, ' ').replaceAll(/-{3,}/g, '---');
}

// ECOMML_UPDATE_DOCS=1 writes the table instead of checking it.
it("the README's table of options is the table of options", () => {
  const [begin, end] = ['<!-- options: written from src/cli/options.ts -->', '<!-- /options -->'];
  const readme = readFileSync(README, 'utf8');
  const from = readme.indexOf(begin) + begin.length;
  const to = readme.indexOf(end);
  expect(to).toBeGreaterThan(from);
  if (process.env['ECOMML_UPDATE_DOCS'])
    writeFileSync(README, `${readme.slice(0, from)}\n\n${optionsMarkdown()}\n\n${readme.slice(to)}`);
  else expect(unpadded(readme.slice(from, to).trim())).toBe(unpadded(optionsMarkdown()));
});

it('every example of the help parses', () => {
  for (const [verb, { examples }] of Object.entries(VERBS)) {
    const found = examples.flatMap(commands);
    expect(found.length).toBeGreaterThanOrEqual(examples.length);
    for (const args of found) expect(parse(args, '0', 80)).toMatchObject({ verb });
  }
});

it('every command in the code blocks of the README parses', () => {
  const blocks = readFileSync(README, 'utf8')
    .split('```')
    .filter((_, i) => i % 2 === 1);
  const found = blocks.flatMap(commands).filter(([name]) => VERB_WORDS.has(name));
  expect(found.length).toBeGreaterThan(10);
  for (const args of found)
    expect(parse(args, '0', 80)).toHaveProperty('verb', expect.stringMatching(`^${args[0]}( ${args[1]})?$`));
});
