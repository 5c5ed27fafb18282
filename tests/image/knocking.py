"""Asks each (protocol, address, port) of its argument; writes a list of what answered."""

import json
import socket
import sys

found = []
for protocol, address, port in json.loads(sys.argv[1]):
    kind = socket.SOCK_STREAM if protocol == "tcp" else socket.SOCK_DGRAM
    with socket.socket(socket.AF_INET, kind) as one:
        one.settimeout(10 if protocol == "tcp" else 1)
        try:
            one.connect((address, port))
            one.send(b"?")
            found.append(one.recv(10) == b"here")
        except OSError:
            found.append(False)
sys.stdout.write(json.dumps(found))
