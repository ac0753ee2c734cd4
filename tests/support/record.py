"""`python -m tests.support.record NAME...`: run scripts of `tests/runs` and write their events.

Without a name: those that have none yet. In a live kernel; read what it wrote before committing it.
"""

from __future__ import annotations

import sys

from tests.support.golden import FOLDER, NAMES, Golden, normalize
from tests.support.kernel import Kernel


def main() -> None:
    names = sys.argv[1:] or [name for name in NAMES if not Golden(name).events_path.exists()]
    kernel = Kernel(cwd=FOLDER)
    try:
        for name in names:
            golden = Golden(name)
            if golden.missing:
                print(f"{name}: not recorded, it requires {golden.missing}")
                continue
            kernel.reset()
            print(end=f"tests/runs/{name}.jsonl", flush=True)
            golden.write(normalize(kernel.run(**golden.request)))
            print()
    finally:
        kernel.close()


if __name__ == "__main__":
    main()
