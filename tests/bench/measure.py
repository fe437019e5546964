"""Commands timed one after the other, and the table that comes of it."""

import json
import os
import statistics
import subprocess
import sys
import time


class Sample:
    """Seconds of wall clock and of CPU, and MiB at the peak."""

    def __init__(self, wall, cpu, peak=0.0):
        self.wall, self.cpu, self.peak = wall, cpu, peak


def run(command, cwd, text=None, expect=(0,)):
    """Run to the end; returns the sample and what was printed."""
    os.sync()
    with open(os.path.join(cwd, "input"), "w+", encoding="utf-8") as given:
        given.write(text or "")
        given.seek(0)
        start = time.monotonic()
        with subprocess.Popen(
                command, cwd=cwd, stdin=given, stdout=subprocess.PIPE,
                encoding="utf-8") as child:
            out = child.stdout.read()
            _, status, usage = os.wait4(child.pid, 0)
            wall = time.monotonic() - start
            child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in expect:
        sys.exit(f"bench: {command[0]} ended with {child.returncode}")
    cpu = usage.ru_utime + usage.ru_stime
    return Sample(wall, cpu, usage.ru_maxrss / 1024), out


def interleave(runs, sides):
    """ABAB...: ${sides} maps names to functions that give one sample each;
    whatever disturbs the machine meets all of them alike."""
    samples = {name: [] for name in sides}
    for i in range(runs):
        for name, side in sides.items():
            print(f"  {i + 1}/{runs} {name}", file=sys.stderr, flush=True)
            samples[name].append(side())
    return samples


def median(samples, what):
    return statistics.median(getattr(s, what) for s in samples)


class Table:
    """One line for each comparison."""

    def __init__(self):
        self.lines = []

    def compare(self, name, samples, base, goal=None):
        """The median of ${samples} against that of ${base}."""
        line = {"what": name, "goal": goal and f"<= {goal}"}
        for kind in ("wall", "cpu"):
            ours, theirs = median(samples, kind), median(base, kind)
            line[kind] = round(ours, 3)
            line[kind + "_base"] = round(theirs, 3)
            line[kind + "_ratio"] = round(ours / theirs, 3)
        self.lines.append(line)

    def mean(self, name, lines, goal=None):
        """The geometric mean of the ratios of the last ${lines} lines."""
        line = {"what": name, "goal": goal and f"<= {goal}"}
        for kind in ("wall_ratio", "cpu_ratio"):
            line[kind] = round(statistics.geometric_mean(
                part[kind] for part in self.lines[-lines:]), 3)
        self.lines.append(line)

    def number(self, name, value, goal=None):
        self.lines.append({"what": name, "value": value, "goal": goal})

    def markdown(self):
        yield "| what | wall | plain | ratio | CPU | plain | ratio | goal |"
        yield "|---|--:|--:|--:|--:|--:|--:|---|"
        keys = ("wall", "wall_base", "wall_ratio", "cpu", "cpu_base",
                "cpu_ratio", "goal")
        for line in self.lines:
            cells = [line.get(key) for key in keys]
            if "value" in line:
                cells[0] = line["value"]
            texts = ("" if c is None else str(c) for c in cells)
            yield f"| {line['what']} | " + " | ".join(texts) + " |"

    def save(self, path, about):
        with open(path, "w", encoding="utf-8") as out:
            json.dump({**about, "lines": self.lines}, out, indent=2)
            out.write("\n")
