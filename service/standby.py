"""A process that is ready to run one flow run, and then runs it.

What a run needs takes seconds to load, ten where much else is done. So a worker starts this process beforehand; it
loads, waits for a line on standard input, a JSON object with the flow run's id and environment, and goes on as the
engine of Prefect does. Each run has a fresh process, and the next one cannot suffer from the last. The end of
standard input ends it.
"""

from __future__ import annotations

import contextlib
import json
import os
import runpy
import signal
import sys
import warnings

from flows.environment import quiet_chatty
from flows.lifeline import end_with_parent
from flows.warm import keeping_all, warm_up


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    quiet_chatty()
    with contextlib.suppress(Exception), keeping_all():  # what cannot be loaded shows in the run that needs it
        warm_up()
    line = sys.stdin.buffer.readline()
    if not line:
        return
    order = json.loads(line)
    end_with_parent(sys.stdin.buffer)
    os.environ.update(order["environment"])
    sys.argv = ["prefect.engine", order["flow_run"]]
    warnings.filterwarnings("ignore", message=".*found in sys.modules", category=RuntimeWarning)
    runpy.run_module("prefect.engine", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
