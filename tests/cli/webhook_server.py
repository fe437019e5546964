"""A recipient's webhook on loopback, of one mood, for tests.

    webhook_server.py PORT_FILE TAKEN_FILE MOOD_FILE CERTIFICATE KEY SECRET...

Writes its port into PORT_FILE, and for each request one line of JSON into
TAKEN_FILE: {"id", "body", "fresh", "signed", "again"}.  It checks what it is
sent as the Standard Webhooks specification has it, which is all that a receiver
needs: compare a signature in constant time, refuse a timestamp that is more
than five minutes away, do once what comes twice with one id.

MOOD_FILE has its mood, read anew each time: an HTTP status, `redirect`,
`flood` (an answer without end), or `sleep` (none for a minute).
"""

import base64
import hashlib
import hmac
import http.server
import json
import os
import ssl
import sys
import time

port_file, taken_file, mood_file, certificate, key = sys.argv[1:6]
secrets = [base64.b64decode(s.removeprefix("whsec_")) for s in sys.argv[6:]]
seen = set()


def is_signed(headers, body):
    content = f'{headers["webhook-id"]}.{headers["webhook-timestamp"]}.'
    content = content.encode() + body
    given = headers["webhook-signature"].split()
    own = [b"v1," + base64.b64encode(hmac.digest(s, content, hashlib.sha256))
           for s in secrets]
    return any(hmac.compare_digest(o, g.encode()) for o in own for g in given)


class Webhook(http.server.BaseHTTPRequestHandler):
    """One request."""

    def do_POST(self):
        """Check it, note it, answer as the mood is."""
        body = self.rfile.read(int(self.headers["content-length"]))
        away = abs(time.time() - int(self.headers["webhook-timestamp"]))
        line = {
            "id": self.headers["webhook-id"],
            "path": self.path,
            "body": json.loads(body),
            "fresh": away <= 300,
            "signed": is_signed(self.headers, body),
            "signatures": len(self.headers["webhook-signature"].split()),
            "again": self.headers["webhook-id"] in seen,
        }
        seen.add(line["id"])
        with open(taken_file, "a", encoding="utf-8") as f:
            f.write(json.dumps(line, ensure_ascii=False) + "\n")
        with open(mood_file, encoding="ascii") as f:
            mood = f.read().strip()
        if mood == "sleep":
            time.sleep(60)
        elif mood == "redirect":
            self.send_response(307)
            self.send_header("Location", "/elsewhere")
            self.end_headers()
        elif mood == "flood":
            self.send_response(200)
            self.end_headers()
            for _ in range(1000):
                self.wfile.write(b"x" * 65536)
        else:
            self.send_response(int(mood))
            self.end_headers()
            if mood != "204":
                self.wfile.write(b"zqanswer")

    def log_message(self, format, *args):
        """Say nothing."""


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Webhook)
server.daemon_threads = True
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
server.socket = context.wrap_socket(
    server.socket, server_side=True, do_handshake_on_connect=False)
with open(port_file + ".new", "w", encoding="ascii") as out:
    out.write(str(server.server_address[1]))
os.rename(port_file + ".new", port_file)
server.serve_forever()
