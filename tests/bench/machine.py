"""What was measured on: numbers without the machine mean little."""

import os
import platform
from pathlib import Path


def describe_machine() -> str:
    facts = [
        f"{os.cpu_count()} cores ({name_processor()})",
        f"{read_memory_gb()} memory",
        f"{platform.system()} {platform.release()}",
        f"Python {platform.python_version()}",
        f"load before: {describe_load()}",
    ]
    return "Machine: " + ", ".join(facts)


def name_processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def read_memory_gb() -> str:
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return f"{pages * size / 2**30:.1f} GB"


def describe_load() -> str:
    """Of the last minute. More than nothing means that somebody else used the machine: ratios suffer least."""
    return f"{os.getloadavg()[0]:.1f}"
