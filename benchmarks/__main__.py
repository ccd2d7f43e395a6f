"""Runs the benchmarks one after the other: `python -m benchmarks [NAME ...]`, all of them without a name.

Each runs in a process of its own, so that one's memory and warm caches do not flatter the next.
"""

import ast
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent


def names() -> list[str]:
    """The modules of this folder that define `main`, sorted."""
    return sorted(path.stem for path in HERE.glob("[!_]*.py") if has_main(path))


def has_main(path: Path) -> bool:
    tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
    return any(isinstance(node, ast.FunctionDef) and node.name == "main" for node in tree.body)


def run(name: str) -> bool:
    """Runs one benchmark; false when it failed or missed its mark (`main` returned other than None or 0)."""
    print(f"\n== {name}", flush=True)
    start = time.perf_counter()
    code = f"import sys; from benchmarks.{name} import main; sys.exit(main())"
    ended = subprocess.run([sys.executable, "-c", code], cwd=HERE.parent, check=False).returncode
    print(
        f"-- {name}: {'ok' if ended == 0 else f'failed ({ended})'}, {time.perf_counter() - start:.1f} s",
        flush=True,
    )
    return ended == 0


def main(wanted: list[str]) -> int:
    known = names()
    unknown = [name for name in wanted if name not in known]
    if unknown:
        print(f"no benchmark {', '.join(unknown)}; there are: {', '.join(known) or 'none'}", file=sys.stderr)
        return 2
    machine = f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}"
    print(f"Python {platform.python_version()}, {machine}", flush=True)
    failed = [name for name in wanted or known if not run(name)]
    print(f"\n{len(wanted or known)} benchmarks, failed: {', '.join(failed) or 'none'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
