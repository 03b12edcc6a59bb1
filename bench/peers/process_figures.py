"""What this process has used so far: wall seconds since it began, CPU seconds of all its threads, peak memory."""
import os
import re
import time


def process_figures():
    used = os.times()
    with open("/proc/self/stat") as stat:
        begun = int(stat.read().rsplit(")", 1)[1].split()[19]) / os.sysconf("SC_CLK_TCK")
    wall = time.clock_gettime(time.CLOCK_BOOTTIME) - begun
    with open("/proc/self/status") as status:
        peak = int(re.search(r"VmHWM:\s+(\d+) kB", status.read()).group(1)) / 1024
    return {"wall": wall, "cpu": used.user + used.system, "peakMegabytes": peak}
