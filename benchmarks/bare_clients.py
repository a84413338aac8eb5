"""Clients of live events that only count: WebSockets in a process of their own. Prints, at the end of its input, one
line of JSON: how many events each was told after hello, by kind."""

import json
import sys
import threading
from collections import Counter

from websockets.sync.client import connect

READY = "ready"


def count(url: str, token: str, counted: "Counter[str]", started: threading.Barrier) -> None:
    with connect(url, additional_headers={"Authorization": f"Bearer {token}"}, max_size=None) as socket:
        json.loads(socket.recv())
        started.wait()
        for message in socket:
            counted[json.loads(message)["kind"]] += 1


def main() -> int:
    url, token, clients = sys.argv[1], sys.argv[2], int(sys.argv[3])
    counts: list[Counter[str]] = [Counter() for _ in range(clients)]
    started = threading.Barrier(clients + 1)
    for counted in counts:
        threading.Thread(target=count, args=(url, token, counted, started), daemon=True).start()
    started.wait()
    print(READY, flush=True)
    sys.stdin.read()
    print(json.dumps(counts), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
