import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

// The import law of src/README.md. A room may import rooms of lower tiers and itself; nothing sideways, nothing up.
const src = fileURLToPath(new URL('../../src', import.meta.url));

const TIER: Record<string, number> = {
  cli: 0,
  workflows: 1,
  bundle: 2,
  clean: 3,
  generate: 3,
  features: 3,
  trees: 3,
  ensemble: 3,
  metrics: 3,
  scoring: 3,
  explain: 3,
  report: 3,
  onnx: 3,
  store: 3,
  forest: 4,
  table: 4,
  kernels: 5,
  base: 6,
};

/** Sideways imports that the law allows, each with its reason. */
const ALLOWED = new Map([
  ['forest→table', 'a forest scores the rows of a matrix'],
  ['scoring→features', 'the same code makes the features in training and in scoring'],
  ['store→features', 'the same code makes the features of a file and of one event online'],
  ['scoring→onnx', 'foreign models are scored by the runtime'],
  ['scoring→explain', 'reasons are written beside the scores'],
  ['scoring→ensemble', 'the same code blends in training and in scoring'],
]);

/** Packages that one room alone may use. */
const PACKAGE_ROOM: Record<string, string[]> = {
  commander: ['cli'],
  chalk: ['cli'],
  'cli-progress': ['cli'],
  'onnxruntime-node': ['onnx'],
  protobufjs: ['onnx'],
  'wasm-xlsxwriter': ['report'],
  '@observablehq': ['report'],
  linkedom: ['report'],
  fflate: ['report'],
  pdfkit: ['report'],
  'bidi-js': ['report'],
  'ml-random-forest': ['trees'],
  lmdb: ['store'],
  '@redis': ['store'],
};

interface Import {
  readonly file: string;
  readonly room: string;
  readonly target: string;
  readonly typeOnly: boolean;
}

function imports(): Import[] {
  const found: Import[] = [];
  for (const entry of readdirSync(src, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.ts')) continue;
    const path = join(entry.parentPath, entry.name);
    const file = relative(src, path).split(sep).join('/');
    if (file.startsWith('kernels/assembly/')) continue;
    const text = readFileSync(path, 'utf8');
    const pattern =
      /(?:^|\n)\s*(import|export)\s+(type\s+)?(?:[\w*{][^;'"]*?\sfrom\s+)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g;
    for (const match of text.matchAll(pattern)) {
      found.push({ file, room: file.split('/')[0], target: match[3] ?? match[4], typeOnly: match[2] !== undefined });
    }
  }
  return found;
}

function targetRoom({ file, target }: Import): string | undefined {
  if (!target.startsWith('.')) return undefined;
  return normalize(join(dirname(file), target)).split(sep)[0];
}

describe('the import law', () => {
  const all = imports();

  it('reads the sources', () => {
    expect(all.length).toBeGreaterThan(20);
    expect(all.some((one) => one.target.startsWith('..'))).toBe(true);
  });

  it('every folder of src/ is a room with a tier', () => {
    const rooms = readdirSync(src, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(rooms.map((room) => room.name).filter((name) => !(name in TIER))).toEqual([]);
  });

  it('imports run downward only', () => {
    const broken = all.filter((one) => {
      const to = targetRoom(one);
      if (to === undefined || to === one.room) return false;
      if (ALLOWED.has(`${one.room}→${to}`)) return false;
      // report/ draws what other rooms computed: it may name their types, and nothing else of theirs.
      if (one.room === 'report' && one.typeOnly && TIER[to] === 3) return false;
      return TIER[to] === undefined || TIER[to] <= TIER[one.room];
    });
    expect(broken.map((one) => `${one.file} imports ${one.target}: imports run downward only (src/README.md)`)).toEqual(
      [],
    );
  });

  it('no file reaches itself again by its imports, those of types counted', () => {
    const reach = new Map<string, string[]>();
    for (const { file, target } of all) {
      if (!target.startsWith('.')) continue;
      const to = normalize(join(dirname(file), target))
        .split(sep)
        .join('/')
        .replace(/\.js$/, '.ts');
      reach.set(file, [...(reach.get(file) ?? []), to]);
    }
    const done = new Set<string>();
    const circles: string[] = [];
    const walk = (file: string, path: readonly string[]) => {
      if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' → '));
      if (done.has(file) || path.includes(file)) return;
      for (const next of reach.get(file) ?? []) walk(next, [...path, file]);
      done.add(file);
    };
    for (const file of reach.keys()) walk(file, []);
    expect(circles).toEqual([]);
  });

  it('packages stay in their rooms', () => {
    const broken = all.filter((one) => {
      const rooms = PACKAGE_ROOM[one.target.split('/')[0]];
      return rooms !== undefined && !rooms.includes(one.room);
    });
    expect(
      broken.map(
        (one) => `${one.file} imports ${one.target}, which belongs to ${PACKAGE_ROOM[one.target.split('/')[0]]}`,
      ),
    ).toEqual([]);
  });

  it('process.exit is called in cli/ alone', () => {
    const callers = new Set<string>();
    for (const { file } of all)
      if (/\bprocess\.exit\(/.test(readFileSync(join(src, file), 'utf8')) && !file.startsWith('cli/'))
        callers.add(file);
    expect([...callers]).toEqual([]);
  });

  it('Math.random is called nowhere', () => {
    const callers = new Set<string>();
    for (const { file } of all) if (/Math\.random\(/.test(readFileSync(join(src, file), 'utf8'))) callers.add(file);
    expect([...callers]).toEqual([]);
  });
});
