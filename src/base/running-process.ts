/** Whether another process of this machine still runs, as a lock that it left behind needs to know. It signals nothing. */
import { readFileSync } from 'node:fs';

/** False also for one that ended and whose parent, as a container's first process often does, never asked how. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Not being allowed to signal it says that it is there.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const [state] = statOf(pid);
  return state !== 'Z' && state !== 'X';
}

/** When it began, in a unit of the system's own; empty where the system does not tell. Numbers of processes come again. */
export function startOf(pid: number): string {
  return statOf(pid)[19] ?? '';
}

/** The fields of Linux' /proc/PID/stat from the third on, the state: the second, a name in brackets, may hold anything. */
function statOf(pid: number): readonly string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}
