"""Clients of live events that only count: WebSockets in a process of their own. Prints, at the end of its input, one
line of JSON: how many events each was told after hello, by kind."""

import json
import sys
import threading
from collections import Counter

from tests.web.serving import Page, Site

READY = "ready"


def count(link: str, counted: "Counter[str]", started: threading.Barrier) -> None:
    with Page(Site.of(link)) as page:
        page.next()
        started.wait()
        while True:
            counted[page.next()["kind"]] += 1


def main() -> int:
    link, clients = sys.argv[1], int(sys.argv[2])
    counts: list[Counter[str]] = [Counter() for _ in range(clients)]
    started = threading.Barrier(clients + 1)
    for counted in counts:
        threading.Thread(target=count, args=(link, counted, started), daemon=True).start()
    started.wait()
    print(READY, flush=True)
    sys.stdin.read()
    print(json.dumps(counts), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
