"""Pages of `lethe serve` with very many requests, asked for by wrk."""

import http.client
import os
import re
import subprocess
import urllib.parse

CONNECTIONS = 50
SECONDS = int(os.environ.get("WEB_SECONDS") or 15)
FORM = "application/x-www-form-urlencoded"


class Server:
    """serve_test (tests/web) in `folder`."""

    def __init__(self, program, folder):
        self.process = subprocess.Popen([program, "lethe.yml"], cwd=folder,
                                        stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline().strip()
        self.url = line.removeprefix("listening on ")
        self.host = self.url.removeprefix("http://")
        self.cookie = self.sign_in()

    def sign_in(self):
        c = http.client.HTTPConnection(self.host)
        c.request("POST", "/sign-in", urllib.parse.urlencode(
            {"user": "vera", "password": "water"}),
                  {"Content-Type": FORM, "Origin": self.url})
        a = c.getresponse()
        a.read()
        return a.headers["Set-Cookie"].split(";")[0]

    def bytes_of(self, path):
        """Of the page and its style."""
        size = 0
        for one in (path, "/style.css"):
            c = http.client.HTTPConnection(self.host)
            c.request("GET", one, None, {"Cookie": self.cookie})
            a = c.getresponse()
            size += len(a.read()) + len(str(a.headers))
            if a.status != 200:
                raise SystemExit(f"bench: {one}: {a.status}")
        return size

    def memory_mib(self):
        text = open(f"/proc/{self.process.pid}/status").read()
        return int(re.search(r"VmRSS:\s+(\d+)", text)[1]) / 1024

    def end(self):
        self.process.terminate()
        if self.process.wait(timeout=30):
            raise SystemExit("bench: the server did not end well")


def seconds(text):
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s)", text).groups()
    return float(number) * {"us": 1e-6, "ms": 1e-3, "s": 1}[unit]


def load(server, path):
    """Pages a second, and the 99th percentile of an answer, in seconds."""
    out = subprocess.run(
        ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "--latency", "-H",
         "Cookie: " + server.cookie, server.url + path],
        capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in out or "Socket errors" in out:
        raise SystemExit("bench: " + out)
    return (float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1]),
            seconds(re.search(r"99%\s+(\S+)", out)[1]))
