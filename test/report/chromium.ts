/** A headless Chromium for looking at pages as a reader's browser does; absent on many machines. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'chrome'];

export const CHROMIUM = NAMES.find((name) => spawnSync(name, ['--version']).status === 0);

/** The page's document after its scripts ran, and what the browser complained of; no name is resolved. */
export function dumpDom(
  page: string,
  { width = 1280 }: { readonly width?: number } = {},
): { readonly dom: string; readonly log: string } {
  const folder = mkdtempSync(join(tmpdir(), 'ecomml-page-'));
  try {
    const file = join(folder, 'page.html');
    writeFileSync(file, page);
    const flags = [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--enable-logging=stderr',
      '--virtual-time-budget=4000',
    ];
    const alone = [
      '--host-resolver-rules=MAP * ~NOTFOUND',
      '--disable-background-networking',
      `--user-data-dir=${folder}/profile`,
    ];
    const run = spawnSync(
      CHROMIUM ?? 'chromium',
      [...flags, ...alone, `--window-size=${width},900`, '--dump-dom', pathToFileURL(file).href],
      { encoding: 'utf8', timeout: 60_000, maxBuffer: 1 << 26 },
    );
    return { dom: run.stdout, log: run.stderr };
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
