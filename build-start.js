/**
 * The start files: dist/ once more as a few files, one set a kind of thread, since reading a hundred small modules takes a
 * third of the time to the first row. Paths relative to a module hold, as dist/start/ is as deep as every room.
 * bin/ecomml.js takes them only when they are as new as dist/. Run from the root: node build-start.js.
 */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { build } from 'rolldown';

/** A module and all that it imports when it is loaded. */
function loadedWith(file, found = new Set()) {
  if (found.has(file)) return found;
  found.add(file);
  for (const [, path] of readFileSync(file, 'utf8').matchAll(/^(?:import|export)\b[^'"]*['"](\.[^'"]+)['"];/gm))
    loadedWith(resolve(dirname(file), path), found);
  return found;
}

/** Every module of dist/ but the start files. */
const modules = readdirSync('dist', { recursive: true })
  .filter((path) => path.endsWith('.js') && !/^(start|report[\\/]page)[\\/]/.test(path))
  .map((path) => join('dist', path));

/** Modules that others start as threads: named in them by a path, and not by an import. */
function threads() {
  const found = new Set();
  for (const module of modules) {
    for (const line of readFileSync(module, 'utf8').split('\n')) {
      if (/^\s*(import|export)\b|\bimport\(/.test(line)) continue;
      for (const [, path] of line.matchAll(/['"`](\.\/[\w.-]+)['"`]/g)) {
        const file = join(dirname(module), path);
        if (path.endsWith('.js') && existsSync(file)) found.add(file);
        else if (line.includes('import.meta.url'))
          throw new Error(`${module}: ${path} is not beside the start files: name it by ../room/${basename(path)}`);
      }
    }
  }
  return [...found].sort();
}

/** What scoring starts from, in one file: it is the workflow that has a first row to hurry for. */
const scoring = loadedWith(resolve('dist/workflows/score.js'));

const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));

/** Packages stay where npm puts them. */
function external(id) {
  if (/^[./\0]|^[A-Za-z]:/.test(id) || id === TEMPLATE_HELPER) return false;
  const name = id.split('/', id.startsWith('@') ? 2 : 1).join('/');
  if (!isBuiltin(id) && !(name in dependencies)) throw new Error(`${id} is no dependency of this package`);
  return true;
}

/** What a template that holds </script is rewritten to calls; rolldown takes it from a package that users do not have. */
const TEMPLATE_HELPER = '@oxc-project/runtime/helpers/taggedTemplateLiteral';
const templateHelper = {
  name: 'template-helper',
  resolveId: (id) => (id === TEMPLATE_HELPER ? '\0template-helper' : null),
  load: (id) =>
    id === '\0template-helper'
      ? 'export default (cooked, raw = cooked.slice(0)) => Object.freeze(Object.defineProperty(cooked, "raw", { value: Object.freeze(raw) }));'
      : null,
};

const startFile = (path, output = {}) => ({
  input: path,
  platform: 'node',
  checks: { ineffectiveDynamicImport: false },
  external,
  plugins: [templateHelper],
  output: { dir: 'dist/start', chunkFileNames: `${basename(path, '.js')}-[name].js`, ...output },
});

rmSync('dist/start', { recursive: true, force: true });
const workflows = join('dist', 'cli', 'workflow-worker.js');
for (const file of [join('dist', 'cli', 'main.js'), ...threads()]) {
  const groups = [{ name: 'scoring', test: (id) => scoring.has(resolve(id)) }];
  await build(startFile(file, file === workflows ? { codeSplitting: { groups } } : {}));
}
