"""Answers "here" at each (protocol, address, port) of its argument, until its input ends."""

import json
import select
import socket
import sys

sockets = []
for protocol, address, port in json.loads(sys.argv[1]):
    kind = socket.SOCK_STREAM if protocol == "tcp" else socket.SOCK_DGRAM
    one = socket.socket(socket.AF_INET, kind)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    one.bind((address, port))
    if protocol == "tcp":
        one.listen()
    sockets.append(one)
sys.stdout.write("ready\n")
sys.stdout.flush()
while True:
    ready, _, _ = select.select([sys.stdin, *sockets], [], [])
    for each in ready:
        if each is sys.stdin:
            sys.exit()
        if each.type == socket.SOCK_STREAM:
            line, _ = each.accept()
            line.sendall(b"here")
            line.close()
        else:
            _, who = each.recvfrom(100)
            each.sendto(b"here", who)
