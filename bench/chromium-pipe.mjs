/** A headless Chromium spoken to over a pipe in its DevTools protocol, with no package between: tabs, navigation, evaluation. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export async function openBrowser(program = 'chromium') {
  const profile = mkdtempSync(join(tmpdir(), 'ecomml-browser-'));
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'];
  const child = spawn(
    program,
    [...flags, '--host-resolver-rules=MAP * ~NOTFOUND', '--remote-debugging-pipe', `--user-data-dir=${profile}`],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] },
  );
  const exited = new Promise((done) => child.once('exit', done));
  const [, , , writing, reading] = child.stdio;
  const waiting = new Map();
  const listeners = new Set();
  let text = '';
  let calls = 0;
  reading.setEncoding('utf8');
  reading.on('data', (piece) => {
    text += piece;
    for (let end = text.indexOf('\0'); end >= 0; end = text.indexOf('\0')) {
      const message = JSON.parse(text.slice(0, end));
      text = text.slice(end + 1);
      const call = waiting.get(message.id);
      waiting.delete(message.id);
      if (call === undefined) for (const listener of [...listeners]) listener(message);
      else if (message.error) call.reject(new Error(`${call.method}: ${message.error.message}`));
      else call.resolve(message.result);
    }
  });
  const send = (method, params = {}, sessionId = undefined) =>
    new Promise((resolve, reject) => {
      calls += 1;
      waiting.set(calls, { resolve, reject, method });
      writing.write(`${JSON.stringify({ id: calls, method, params, sessionId })}\0`);
    });

  async function openTab() {
    const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
    const call = (method, params) => send(method, params, sessionId);
    await call('Page.enable');
    const next = (method) =>
      new Promise((done) => {
        const listener = (message) => {
          if (message.sessionId !== sessionId || message.method !== method) return;
          listeners.delete(listener);
          done(message.params);
        };
        listeners.add(listener);
      });
    return {
      call,
      async goto(url) {
        const loaded = next('Page.loadEventFired');
        await call('Page.navigate', { url });
        await loaded;
      },
      async evaluate(expression) {
        const answer = await call('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true });
        if (answer.exceptionDetails) throw new Error(answer.exceptionDetails.exception?.description ?? expression);
        return answer.result.value;
      },
      close: () => send('Target.closeTarget', { targetId }),
    };
  }

  return {
    openTab,
    async close() {
      await send('Browser.close').catch(() => {});
      await exited;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
