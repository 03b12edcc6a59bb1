/**
 * Runs the real bin/ecomml.js as a user's shell would: a child process in a directory of its own, its streams and exit
 * code read back. Nothing of the test runner's environment that decides about colour or settings reaches it.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const BINARY = join(ROOT, 'bin', 'ecomml.js');

export interface RunOptions {
  readonly cwd?: string;
  /** Added to a clean environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string | Uint8Array;
  /** Called as soon as the process runs, to send signals or close streams. */
  readonly started?: (child: ChildProcess) => void;
  /** Another installation's entry. */
  readonly binary?: string;
}

export interface Finished {
  readonly stdout: string;
  readonly stderr: string;
  /** null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly milliseconds: number;
}

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** An empty directory, deleted after the test file. */
export function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ecomml-test-'));
  folders.push(folder);
  return folder;
}

/** The environment without what would change colour, settings or Node itself. */
export function cleanEnvironment(): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(ECOMML_|NODE_|VITEST|FORCE_COLOR$|NO_COLOR$|CI$|COLUMNS$)/.test(name),
  );
  return Object.fromEntries(kept) as Record<string, string>;
}

export function ecomml(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  return run(process.execPath, [options.binary ?? BINARY, ...args], options);
}

/** True where util-linux's `script` can lend a pseudo-terminal. */
export const hasTerminal = (() => {
  try {
    return execFileSync('script', ['-qec', 'test -t 2 && echo yes', '/dev/null'], { encoding: 'utf8' }).includes('yes');
  } catch {
    return false;
  }
})();

/** The same on a pseudo-terminal: stdout and stderr come back together, as a user sees them, in `stdout`. */
export function ecommlOnTerminal(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const quoted = [process.execPath, BINARY, ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  return run('script', ['-qec', `stty cols 80; ${quoted}`, '/dev/null'], options);
}

export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const began = performance.now();
  const child = spawn(command, args, {
    cwd: options.cwd ?? emptyFolder(),
    env: { ...cleanEnvironment(), ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  return new Promise((resolve, reject) => {
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    // A child that does not read its stdin closes the pipe; that is no failure of the test.
    child.stdin.on('error', () => {});
    child.stdin.end(options.stdin ?? '');
    child.on('error', reject);
    child.on('close', (code, signal) =>
      resolve({ stdout, stderr, code, signal, milliseconds: performance.now() - began }),
    );
    options.started?.(child);
  });
}

/** Resolves when the child has written `text` on stderr. */
export function saidOnStderr(child: ChildProcess, text: string | RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr?.on('data', (part: string) => {
      said += part;
      if (typeof text === 'string' ? said.includes(text) : text.test(said)) resolve();
    });
    child.on('close', () => reject(new Error(`ended before it said ${text}: ${said}`)));
  });
}

/** A copy of the built program whose files a test may damage or replace; it finds its dependencies in this clone. */
export function installationCopy(): { readonly home: string; readonly binary: string } {
  const home = emptyFolder();
  for (const part of ['bin', 'dist', 'package.json']) cpSync(join(ROOT, part), join(home, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(home, 'node_modules'));
  return { home, binary: join(home, 'bin', 'ecomml.js') };
}
