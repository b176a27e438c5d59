"""The floor: what the blocks themselves cost, with nothing around them but `exec`.

Owns the loop that compiles and executes every block, each in a namespace of its own, and its
timing. Checks nothing, and reads no page: the code comes as JSON on standard input. A few
milliseconds would drown in the start of a process, so the loop takes its own time, and goes round
several times.
"""

import contextlib
import io
import json
import sys
import time

TIMES = 10
"""How often the loop goes round."""


def main() -> None:
    """Run the blocks, and write the seconds that one of them took: wall clock and processor."""
    blocks: list[str] = json.load(sys.stdin)
    wall, cpu = time.perf_counter(), time.process_time()
    with contextlib.redirect_stdout(io.StringIO()):
        for _ in range(TIMES):
            for block in blocks:
                exec(compile(block, "block", "exec"), {"__name__": "__main__"})  # noqa: S102 -- what is measured
    took = time.perf_counter() - wall, time.process_time() - cpu
    json.dump([seconds / (TIMES * len(blocks)) for seconds in took], sys.stdout)


if __name__ == "__main__":
    main()
