/** What this process has used so far: wall seconds since it began, CPU seconds of all its threads, peak memory. */
import { readFileSync } from 'node:fs';

export function processFigures() {
  const { user, system } = process.cpuUsage();
  return { wall: process.uptime(), cpu: (user + system) / 1e6, peakMegabytes: peakMegabytes() };
}

/** The high-water mark of this program's own memory; getrusage's also counts what the parent held when it forked. */
function peakMegabytes() {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024;
  } catch {
    return process.resourceUsage().maxRSS / 1024;
  }
}
