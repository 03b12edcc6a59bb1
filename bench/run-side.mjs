/** Runs one side of a bench as a process of its own and reads the JSON it prints. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Libraries would otherwise start a thread a core for their own linear algebra. */
const oneThread = { OMP_NUM_THREADS: undefined, OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1' };

/** A child script (a path beside this file) given one JSON argument; throws with what it said when it fails. */
export function runSide(script, job, python) {
  const command = script.endsWith('.py') ? python : process.execPath;
  const { status, signal, stdout, stderr, error } = spawnSync(command, [at(script), JSON.stringify(job)], {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    env: { ...process.env, ...oneThread, PYTHONDONTWRITEBYTECODE: '1', PYTHONWARNINGS: 'ignore' },
  });
  if (status === 0) return JSON.parse(stdout.slice(stdout.lastIndexOf('\n{') + 1));
  throw new Error(`${script} ended with ${error?.message ?? signal ?? status}:\n${stderr}${JSON.stringify(job)}`);
}

/** The version of a Python library, or undefined when the interpreter or the library is absent. */
export function libraryVersion(library, python) {
  const program = `import ${library}; print(${library}.__version__)`;
  const { status, stdout } = spawnSync(python, ['-c', program], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}
