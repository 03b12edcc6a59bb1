import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BUNDLE_FORMAT, readBundleFolder, sha256, writeBundleFolder } from '#ecomml/bundle/folder.js';
import { pointLatest, resolveBundle } from '#ecomml/bundle/latest.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'ecomml-bundle-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const content = { name: 'first', values: [1, -0.5, null] };

async function write(path: string, text = 'model bytes'): Promise<void> {
  await writeBundleFolder(path, async (folder) => {
    writeFileSync(join(folder, 'model.bin'), text);
    return content;
  });
}

describe('a bundle folder', () => {
  it('reads back what was written, and leaves nothing aside', async () => {
    const path = join(root, 'models', 'one');
    await write(path);
    expect(readBundleFolder(path)).toEqual(content);
    expect(readdirSync(join(root, 'models'))).toEqual(['one']);
  });

  it('is replaced whole by a second run', async () => {
    const path = join(root, 'one');
    await write(path, 'old');
    await write(path, 'new');
    expect(readFileSync(join(path, 'model.bin'), 'utf8')).toBe('new');
    expect(readdirSync(root)).toEqual(['one']);
  });

  it('stays whole when many runs write it at once', async () => {
    const path = join(root, 'one');
    await Promise.all(Array.from({ length: 12 }, (_, i) => write(path, `run ${i}`)));
    expect(readBundleFolder(path)).toEqual(content);
    expect(readdirSync(root)).toEqual(['one']);
  });

  it('leaves nothing under the final name when the writer fails', async () => {
    const path = join(root, 'one');
    const failing = writeBundleFolder(path, async (folder) => {
      writeFileSync(join(folder, 'model.bin'), 'half');
      throw new Error('no space left');
    });
    await expect(failing).rejects.toThrow('no space left');
    expect(readdirSync(root)).toEqual([]);
  });

  const damage: [string, (path: string) => void, RegExp][] = [
    [
      'a file is cut short',
      (path) => truncateSync(join(path, 'model.bin'), 3),
      /model\.bin: it has 3 bytes instead of 11/,
    ],
    ['a file is edited', (path) => writeFileSync(join(path, 'model.bin'), 'model bytez'), /model\.bin: its checksum/],
    ['a file is missing', (path) => rmSync(join(path, 'model.bin')), /model\.bin: it is missing/],
    ['bundle.json is cut short', (path) => truncateSync(join(path, 'bundle.json'), 40), /cut short or not JSON/],
    ['bundle.json is empty', (path) => truncateSync(join(path, 'bundle.json'), 0), /cut short or not JSON/],
    [
      'bundle.json is edited',
      (path) => edit(path, (text) => text.replace('first', 'third')),
      /edited after it was written/,
    ],
    ['bundle.json is another thing', (path) => writeFileSync(join(path, 'bundle.json'), '[]'), /no format number/],
    ['bundle.json is null', (path) => writeFileSync(join(path, 'bundle.json'), 'null'), /no format number/],
  ];
  it.each(damage)('is refused when %s', async (_, harm, message) => {
    const path = join(root, 'one');
    await write(path);
    harm(path);
    expect(() => readBundleFolder(path)).toThrow(message);
  });

  it('is refused when a newer version wrote it', async () => {
    const path = join(root, 'one');
    mkdirSync(path);
    const body = { format: BUNDLE_FORMAT + 1, shape: 'unknown' };
    writeFileSync(join(path, 'bundle.json'), JSON.stringify({ ...body, sha256: sha256(JSON.stringify(body)) }));
    expect(() => readBundleFolder(path)).toThrow(/newer ecomml/);
  });

  it('says when a folder is no bundle', () => {
    expect(() => readBundleFolder(root)).toThrow(/is not a bundle/);
  });
});

describe('models/latest', () => {
  it('follows the newest bundle', async () => {
    await write(join(root, 'one'));
    pointLatest(join(root, 'one'));
    expect(resolveBundle(join(root, 'latest'))).toBe(join(root, 'one'));
    expect(resolveBundle(join(root, 'one'))).toBe(join(root, 'one'));
  });

  it('says what to do when there is none, or it points nowhere', () => {
    expect(() => resolveBundle(join(root, 'latest'))).toThrow(/There is no bundle at/);
    writeFileSync(join(root, 'latest'), 'gone\n');
    expect(() => resolveBundle(join(root, 'latest'))).toThrow(/points to "gone"/);
    writeFileSync(join(root, 'latest'), '../elsewhere\n');
    expect(() => resolveBundle(join(root, 'latest'))).toThrow(/not a folder beside it/);
    expect(existsSync(join(root, 'one'))).toBe(false);
  });
});

function edit(path: string, change: (text: string) => string): void {
  const file = join(path, 'bundle.json');
  writeFileSync(file, change(readFileSync(file, 'utf8')));
}
