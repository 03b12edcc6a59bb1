/** The thread that workflows run in, tried with workflows that do what real ones rarely do, put in a copy of the program. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BINARY, ecomml, type Finished, installationCopy, type RunOptions, run, saidOnStderr } from './run-binary.js';

const { home, binary } = installationCopy();

/** Runs `ecomml clean` with this body for a workflow. */
function withWorkflow(body: string, more: readonly string[] = [], options: RunOptions = {}): Promise<Finished> {
  writeFileSync(
    join(home, 'dist', 'workflows', 'clean.js'),
    `export async function clean(options, context) {
       context.progress({ type: 'start', stage: 'begun', total: 2 });
       context.progress({ type: 'message', level: 'info', text: 'running' });
       ${body}
     }`,
  );
  return ecomml(['clean', '--input', 'x', '--json', ...more], { ...options, binary });
}

describe('the end of a workflow', () => {
  it('its result is the one document on stdout, whatever it left open', async () => {
    const { stdout, code } = await withWorkflow('setInterval(() => {}, 1000); return { a: [1, null] };');
    expect([JSON.parse(stdout), code]).toEqual([{ a: [1, null] }, 0]);
  });

  it.each([
    ['throws', 'throw new RangeError("a defect");', /a defect\nhint: This is a defect of ecomml/],
    ['throws later', 'setTimeout(() => { throw new Error("late") }, 10); await new Promise(() => {});', /late/],
    ['never settles', 'await new Promise(() => {});', /ended early/],
    ['leaves', 'process.exit(0);', /ended early/],
    ['uses up the memory', 'const kept = []; for (;;) kept.push(new Array(1e6).fill({}));', /memory is used up/],
  ])('that %s is an error with one document', async (_what, body, sentence) => {
    const { stdout, stderr, code } = await withWorkflow(body, [], {
      env: { NODE_OPTIONS: '--max-old-space-size=200' },
    });
    expect(stderr).toMatch(sentence);
    expect(JSON.parse(stdout)).toHaveProperty('error.code');
    expect(code).toBe(1);
  });
});

describe('data on stdout', () => {
  const body = 'for (let i = 0; i < 3e4; i++) process.stdout.write("x".repeat(99) + "\\n"); return {};';
  const command = (reader: string) =>
    `"${process.execPath}" "${binary}" clean --input x --output - --quiet ${reader}; echo "code \${PIPESTATUS[0]}" >&2`;

  it('arrive whole', async () => {
    await withWorkflow(body);
    expect((await run('bash', ['-c', command('| wc -c')])).stdout.trim()).toBe(String(3e6));
  });

  it('a reader that leaves early ends the run quietly with 0', async () => {
    await withWorkflow(body);
    expect(await run('bash', ['-c', command('| head -1')])).toMatchObject({ stderr: 'code 0\n' });
  });

  it('a full device is an error', async () => {
    await withWorkflow(body);
    const { stderr } = await run('bash', ['-c', command('> /dev/full')]);
    expect(stderr).toMatch(/^error: The output cannot be written: the disk is full\.\nhint: .*\ncode 1\n$/);
  });

  it('and --json do not go together', async () => {
    expect(await withWorkflow(body, ['--output', '-'])).toMatchObject({ code: 2 });
  });
});

describe('Ctrl-C', () => {
  const interruptOnce = (options: RunOptions = {}): RunOptions => ({
    ...options,
    started: (child) => void saidOnStderr(child, 'running').then(() => child.kill('SIGINT')),
  });

  it('is heard by a workflow that waits', async () => {
    const wait = `const { setTimeout } = await import('node:timers/promises');
      await setTimeout(60000, undefined, { signal: context.signal });`;
    const finished = await withWorkflow(wait, [], interruptOnce());
    expect(finished).toMatchObject({ code: 130, stdout: '' });
    expect(finished.stderr).toContain('Interrupted.');
  });

  it('is heard by a workflow that computes without a pause', async () => {
    const { code, stdout } = await withWorkflow('for (;;) context.signal.throwIfAborted();', [], interruptOnce());
    expect([code, stdout]).toEqual([130, '']);
    expect((await withWorkflow('for (;;) if (context.signal.aborted) throw 1;', [], interruptOnce())).code).toBe(130);
  });

  it('twice ends a workflow that does not listen', async () => {
    const { code, milliseconds } = await withWorkflow('for (;;);', [], {
      started: (child) =>
        void saidOnStderr(child, 'running')
          .then(() => child.kill('SIGINT'))
          .then(() => saidOnStderr(child, 'again'))
          .then(() => child.kill('SIGINT')),
    });
    expect(code).toBe(130);
    expect(milliseconds).toBeLessThan(20_000);
  });
});

describe('progress where no terminal reads', () => {
  const body = `
    context.progress({ type: 'advance', stage: 'begun', done: 1, note: 'half' });
    context.progress({ type: 'end', stage: 'begun', summary: 'all done' });
    context.progress({ type: 'message', level: 'warning', text: 'mind this' });
    return {};`;

  it('is a line a stage', async () => {
    const { stderr } = await withWorkflow(body);
    expect(stderr).toMatch(/^running\n✓ begun: all done \(\d+\.\ds\)\nwarning: mind this\n$/);
  });

  it('is silent with --quiet', async () => {
    expect(await withWorkflow(body, ['--quiet'])).toMatchObject({ stderr: '', stdout: '{}\n' });
  });
});

it('stdin reaches the workflow', async () => {
  const body = 'let n = 0; for await (const part of process.stdin) n += part.length; return { n };';
  expect(JSON.parse((await withWorkflow(body, [], { stdin: 'not asked for' })).stdout)).toEqual({ n: 0 });
  const finished = await ecomml(['clean', '--input', '-', '--json'], { binary, stdin: 'x'.repeat(200_000) });
  expect(JSON.parse(finished.stdout)).toEqual({ n: 200_000 });
  expect(BINARY).not.toBe(binary);
});
