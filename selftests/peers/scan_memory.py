#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""scan_memory.py PID FILE: counts the first line of FILE in the memory of a process.

In UTF-8 and in UTF-16, in all that the process can read. Prints the bytes that were read and the
number of places.
"""

import sys

CHUNK = 1 << 20


def regions(pid):
    with open(f"/proc/{pid}/maps", encoding="utf-8") as maps:
        for line in maps:
            addresses, rights, *_ = line.split()
            # [vvar] cannot be read from outside
            if rights.startswith("r") and "[v" not in line:
                begin, end = (int(a, 16) for a in addresses.split("-"))
                yield begin, end


def count(data, patterns):
    return sum(data.count(p) for p in patterns)


def main():
    pid, path = sys.argv[1:]
    with open(path, encoding="utf-8") as f:
        word = f.readline().rstrip("\n")
    patterns = [word.encode("utf-8"), word.encode("utf-16-le")]
    keep = max(len(p) for p in patterns) - 1
    total = places = 0
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as mem:
        for begin, end in regions(pid):
            tail = b""
            for at in range(begin, end, CHUNK):
                mem.seek(at)
                data = tail + mem.read(min(CHUNK, end - at))
                total += len(data) - len(tail)
                places += count(data, patterns) - count(tail, patterns)
                tail = data[-keep:]
    print(total, places)


main()
