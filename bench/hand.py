"""One worker process of the benchmark, without Celery: waits for a line, sends what is due, says what it cost.

python -m bench.hand        reads the installation from the environment, as every process of Meantime does
"""

import json
import logging
import resource
import sys
import time

import structlog

from course.settings import load
from worker.process import let_others_first
from worker.runtime import open_runtime


def main() -> None:
    """Until nothing is due."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    let_others_first()
    runtime = open_runtime(load())
    print("ready", flush=True)
    for _ in sys.stdin:
        began, spent = time.perf_counter(), time.process_time()
        while runtime.deliver(urgent=False):
            pass
        used = resource.getrusage(resource.RUSAGE_SELF)
        cost = {"seconds": time.perf_counter() - began, "cpu": time.process_time() - spent, "kb": used.ru_maxrss}
        print(json.dumps(cost), flush=True)


main()
