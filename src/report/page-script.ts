/** The page's own script, compiled from page/, as one text, and the hash by which the page's policy lets it run and nothing else. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** In the order they are joined: page.ts has what the others use, start.ts runs them. */
const FILES = ['page', 'theme', 'choice', 'tips', 'confusion', 'profit', 'what-if', 'start'];

export interface PageScript {
  readonly text: string;
  /** sha256 in base64, as a Content-Security-Policy names it. */
  readonly hash: string;
}

let script: PageScript | undefined;

export function pageScript(): PageScript {
  if (script === undefined) {
    const parts = FILES.map((name) =>
      readFileSync(new URL(`../report/page/${name}.js`, import.meta.url), 'utf8').trim(),
    );
    const text = `(()=>{"use strict";\n${parts.join('\n').replaceAll('"use strict";\n', '')}\n})();`;
    if (text.includes('</')) throw new Error('The page script must not hold "</".');
    script = { text, hash: createHash('sha256').update(text).digest('base64') };
  }
  return script;
}
