"""Reads the benches' tables (see bench/generated-table.mjs) and what this process has used so far."""

import json
import resource
import time
from pathlib import Path

import numpy as np


def read_columns(folder):
    """The columns' descriptions: name, kind, levels."""
    return json.loads((Path(folder) / "table.json").read_text())["columns"]


def read_table(folder, part):
    """Cells (rows × columns of float32, column after column in memory) and labels; part: train or test."""
    folder = Path(folder)
    table = json.loads((folder / "table.json").read_text())
    total = table["rows"] + table["testRows"]
    begin = 0 if part == "train" else table["rows"]
    count = table["rows"] if part == "train" else table["testRows"]
    cells = np.empty((len(table["columns"]), count), dtype=np.float32)
    with open(folder / "cells.f32", "rb") as file:
        for c in range(len(table["columns"])):
            file.seek((c * total + begin) * 4)
            file.readinto(cells[c])
    label = np.fromfile(folder / "label.u8", dtype=np.uint8)[begin : begin + count]
    return cells.T, label.astype(np.float32)


def process_figures():
    """Wall seconds since the process began, CPU seconds of all its threads, peak memory in MB."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    peak = used.ru_maxrss / 1024
    wall = time.monotonic() - BEGUN
    try:
        status = Path("/proc/self/status").read_text()
        peak = int(status.split("VmHWM:")[1].split()[0]) / 1024
        ticks = int(Path("/proc/self/stat").read_text().rsplit(")", 1)[1].split()[19])
        uptime = float(Path("/proc/uptime").read_text().split()[0])
        wall = uptime - ticks / 100
    except OSError:
        pass
    return {"wall": wall, "cpu": used.ru_utime + used.ru_stime, "peakMegabytes": peak}


BEGUN = time.monotonic()
