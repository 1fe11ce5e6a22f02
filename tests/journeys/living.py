"""The processes of a house, found by where they work: all of them stay in its folder (Linux)."""

from pathlib import Path

from web.demo.house import House


def living(house: House) -> dict[int, str]:
    """Number and command line of every process of a house."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink().is_relative_to(house.folder.resolve()):
                found[int(process.name)] = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue  # it has gone, or is the kernel's
    return {pid: command for pid, command in found.items() if command}


def named(house: House, word: str) -> list[int]:
    """The processes with this word in their command line, the main one first."""
    return sorted(pid for pid, command in living(house).items() if word in command)
