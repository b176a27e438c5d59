"""A mocked S3 on loopback: prints its address, and serves until standard input ends.

So it ends with the process that started it, however that one ends.
"""

import sys

from moto.server import ThreadedMotoServer


def main() -> None:
    """Serve."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        sys.stdout.write(f"http://{host}:{port}\n")
        sys.stdout.flush()
        sys.stdin.read()
    finally:
        server.stop()


if __name__ == "__main__":
    main()
