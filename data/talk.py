#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The conversations of record.sh that curl, dig and ping cannot hold: resets, closed ports, idle and open flows."""

import http.server
import socket
import struct
import sys
import time


def family_of(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def tcp_listener(address, port):
    listener = socket.socket(family_of(address), socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((address, port))
    listener.listen(8)
    return listener


def reset(connection):
    """Close so that the kernel sends RST instead of FIN."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def serve_http(address, port):
    """A small web server: every path answers 3,000 bytes."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            body = (b"drydock " * 375)[:3000]
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    class Server(http.server.ThreadingHTTPServer):
        address_family = family_of(address)

    Server((address, port), Handler).serve_forever()


def serve_reset(address, port):
    """Answer the first request with half a reply, then RST."""
    listener = tcp_listener(address, port)
    while True:
        connection, _ = listener.accept()
        connection.recv(4096)
        connection.sendall(b"x" * 2000)
        time.sleep(0.1)
        reset(connection)


def serve_hold(address, port):
    """Accept, answer each message, never close."""
    listener = tcp_listener(address, port)
    held = []
    while True:
        connection, _ = listener.accept()
        connection.sendall(b"welcome\n" + connection.recv(4096))
        held.append(connection)


def serve_echo(address, port):
    """Send every datagram back."""
    peer = socket.socket(family_of(address), socket.SOCK_DGRAM)
    peer.bind((address, port))
    while True:
        data, sender = peer.recvfrom(65535)
        peer.sendto(data, sender)


def get_then_reset(address, port):
    """The client gives up: request, some of the answer, RST."""
    connection = socket.create_connection((address, port))
    connection.sendall(b"GET /bulk HTTP/1.1\r\nHost: server.example\r\n\r\n")
    connection.recv(1000)
    reset(connection)


def get(address, port):
    """Wait for the peer's RST."""
    connection = socket.create_connection((address, port))
    connection.sendall(b"hello\n")
    try:
        while connection.recv(4096):
            pass
    except ConnectionResetError:
        pass


def hold(address, port, seconds):
    """A connection that is still open when the recording stops."""
    connection = socket.create_connection((address, int(port)))
    connection.sendall(b"still here\n")
    connection.recv(4096)
    time.sleep(float(seconds))


def datagram(address, port, size):
    """One datagram to a port; an ICMP answer is welcome."""
    peer = socket.socket(family_of(address), socket.SOCK_DGRAM)
    peer.connect((address, int(port)))
    peer.send(b"d" * int(size))
    peer.settimeout(0.5)
    try:
        peer.recv(65535)
    except OSError:
        pass


def idle(address, port, local, local_port, seconds):
    """One exchange, silence longer than the idle time-out, another exchange from the same socket."""
    peer = socket.socket(family_of(address), socket.SOCK_DGRAM)
    peer.bind((local, int(local_port)))
    for pause in (float(seconds), 0):
        peer.sendto(b"idle\n", (address, int(port)))
        peer.recv(4096)
        time.sleep(pause)


def several(address, port, count):
    """Several connections alive at once, served in turn."""
    connections = [socket.create_connection((address, int(port))) for _ in range(int(count))]
    for turn in range(3):
        for number, connection in enumerate(connections):
            connection.sendall(b"GET /%d/%d HTTP/1.1\r\nHost: server.example\r\n\r\n" % (number, turn))
        for connection in connections:
            connection.recv(8192)
    for connection in connections:
        connection.close()


if __name__ == "__main__":
    name, arguments = sys.argv[1], sys.argv[2:]
    if name in ("serve_http", "serve_reset", "serve_hold", "serve_echo", "get_then_reset", "get"):
        arguments = [arguments[0], int(arguments[1])]
    globals()[name](*arguments)
