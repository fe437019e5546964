"""A mail server on loopback, of one mood, for tests.

    smtp_server.py PORT_FILE MAIL_FILE MOOD [CERTIFICATE KEY]

Writes its port into PORT_FILE and each message that it takes into MAIL_FILE.
MOOD: plain, tls (from the beginning), starttls, refuse (550 to the recipient),
later (451), drop (hangs up in the middle of DATA).
"""

import os
import socket
import ssl
import sys

port_file, mail_file, mood = sys.argv[1:4]
context = None
if len(sys.argv) > 4:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[4], sys.argv[5])


def serve(conn):
    secure = mood == "tls"
    lines = conn.makefile("rb")

    def say(words):
        conn.sendall(words.encode() + b"\r\n")

    say("220 test")
    while line := lines.readline():
        verb = line.split()[0].upper() if line.split() else b""
        if verb == b"EHLO":
            if mood == "starttls" and not secure:
                say("250-test\r\n250 STARTTLS")
            else:
                say("250-test\r\n250 AUTH PLAIN")
        elif verb == b"STARTTLS":
            say("220 go on")
            conn = context.wrap_socket(conn, server_side=True)
            lines, secure = conn.makefile("rb"), True
        elif verb == b"AUTH":
            with open(mail_file, "ab") as f:
                f.write(line)
            say("334 ")
            lines.readline()
            say("235 welcome")
        elif verb == b"RCPT" and mood == "refuse":
            say("550 no such user " + line.decode().strip())
        elif verb == b"RCPT" and mood == "later":
            say("451 come again")
        elif verb == b"DATA":
            say("354 go on")
            if mood == "drop":
                lines.readline()
                return
            text = b""
            while (line := lines.readline()) not in (b".\r\n", b""):
                text += line
            with open(mail_file, "ab") as f:
                f.write(b"secure\n" if secure else b"open\n")
                f.write(text)
            say("250 taken")
        elif verb == b"QUIT":
            say("221 bye")
            return
        else:
            say("250 ok")


server = socket.create_server(("127.0.0.1", 0))
with open(port_file + ".new", "w", encoding="ascii") as out:
    out.write(str(server.getsockname()[1]))
os.rename(port_file + ".new", port_file)
while True:
    client, _ = server.accept()
    client.settimeout(20)
    try:
        if mood == "tls":
            client = context.wrap_socket(client, server_side=True)
        serve(client)
    except OSError:
        pass
    client.close()
