# SPDX-License-Identifier: MIT
"""A stand-in for the smart-me cloud: HTTPS on this machine, checks every request against
the description of the service, keeps what it took, and misbehaves as a test says."""
import base64
import http.server
import json
import os
import re
import ssl
import subprocess
import threading
import time
import uuid

FIELDS = {
    "CounterReading", "CounterReadingT1", "CounterReadingT2", "CounterReadingExport",
    "CounterReadingExportT1", "CounterReadingExportT2", "ActivePower", "Temperature",
    "Voltage", "VoltageL1", "VoltageL2", "VoltageL3", "Current", "CurrentL1", "CurrentL2",
    "CurrentL3",
}
DEVICE_TO_POST = FIELDS | {"Id", "Name", "Serial", "DeviceEnergyType", "MeterSubType",
                           "ValueDate"}
CUSTOM_TO_POST = {"Id", "Name", "Serial", "ValueDate", "Values"}
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
ENERGY_TYPES = {1, 2, 3, 4, 5, 7, 11}


def make_certificate(directory, name, host="localhost"):
    """A self-signed certificate for host: (certificate, key) as paths."""
    certificate = os.path.join(directory, name + ".pem")
    key = os.path.join(directory, name + ".key")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                    f"/CN={host}", "-addext", f"subjectAltName=DNS:{host}", "-keyout", key,
                    "-out", certificate], check=True, capture_output=True)
    return certificate, key


class Service:
    """The state of the cloud. misbehave(request) may answer a request in its place: it
    returns None (as usual), or what the handler's reply() takes, or raises Cut."""

    API_KEY = "the-key"
    CLIENT = ("the-client", "the-secret")

    def __init__(self, directory):
        self.lock = threading.Lock()
        self.devices = {}
        self.custom = {}
        self.values = {}       # id -> list of (ValueDate, fields)
        self.raw = []          # of /MBus
        self.violations = []
        self.requests = []     # (method, path)
        self.tokens = {}       # token -> good until
        self.token_life_s = 3600
        self.misbehave = lambda request: None
        self.certificate, key = make_certificate(directory, "service")
        self.directory = directory
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(self.certificate, key)
        self.server.socket = self.context.wrap_socket(self.server.socket, server_side=True,
                                                      do_handshake_on_connect=False)
        self.port = self.server.server_address[1]
        self.url = f"https://localhost:{self.port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def use_certificate(self, host):
        self.context.load_cert_chain(*make_certificate(self.directory, "other", host))

    def count(self, method, path):
        with self.lock:
            return self.requests.count((method, path))

    def posted(self):
        """How many values were taken."""
        with self.lock:
            return sum(len(values) for values in self.values.values())

    def set(self):
        """What it has: {(name, date, field, value)} as texts, with duplicates counted."""
        with self.lock:
            found = {}
            for device_id, values in self.values.items():
                name = (self.devices.get(device_id) or self.custom.get(device_id))["Name"]
                for date, fields in values:
                    for field, value in fields.items():
                        row = (name, date, field, value)
                        found[row] = found.get(row, 0) + 1
            return found

    def _violation(self, text):
        self.violations.append(text)

    def is_authorized(self, header):
        kind, _, rest = (header or "").partition(" ")
        if kind == "ApiKey":
            return rest == self.API_KEY
        if kind == "Bearer":
            return self.tokens.get(rest, 0) > time.monotonic()
        if kind == "Basic":
            return rest == base64.b64encode(b"somebody:the-password").decode()
        return False

    def token(self, header, body):
        expected = "Basic " + base64.b64encode(":".join(self.CLIENT).encode()).decode()
        if header != expected or "grant_type=client_credentials" not in body:
            return 400, {"error": "invalid_client"}
        token = uuid.uuid4().hex
        self.tokens[token] = time.monotonic() + self.token_life_s
        return 200, {"access_token": token, "token_type": "Bearer",
                     "expires_in": self.token_life_s}

    def take(self, path, text):
        """POST /Devices and /CustomDevice: (status, reply)."""
        body = json.loads(text, parse_float=str, parse_int=str)
        known, table = ((DEVICE_TO_POST, self.devices) if path == "/Devices" else
                        (CUSTOM_TO_POST, self.custom))
        for key in body:
            if key not in known:
                self._violation(f"{path}: property {key} is not in the description")
        date = body.get("ValueDate", "")
        if not DATE.fullmatch(date):
            self._violation(f"{path}: ValueDate {date!r} is no UTC instant")
        device_id = body.get("Id")
        if device_id is None:
            if path == "/Devices" and int(body.get("DeviceEnergyType", 0)) not in ENERGY_TYPES:
                self._violation(f"{path}: created without a DeviceEnergyType")
            device_id = str(uuid.uuid4())
            table[device_id] = {"Id": device_id, "FamilyType": 1001}
            if path != "/Devices":
                del table[device_id]["FamilyType"]
        elif not UUID.fullmatch(device_id) or device_id not in table:
            return 404, {}
        device = table[device_id]
        for key in ("Name", "Serial", "DeviceEnergyType", "MeterSubType"):
            if key in body:
                device[key] = body[key] if key == "Name" else int(body[key])
        values = self.values.setdefault(device_id, [])
        if values and date < values[-1][0]:
            self._violation(f"{path}: {date} after {values[-1][0]}: not ascending")
        fields = {key: body[key] for key in FIELDS if key in body}
        for pair in body.get("Values", []):
            fields[pair["Name"]] = pair["Value"]
        if not fields:
            self._violation(f"{path}: a value without values")
        values.append((date, fields))
        device["ValueDate"] = date[:-1] + ".0000000Z"
        return 200, dict(body, Id=device_id)

    def take_raw(self, text):
        body = json.loads(text)
        frame = bytes.fromhex(body["Telegram"])
        if not (frame[0] == frame[3] == 0x68 and frame[-1] == 0x16 and
                sum(frame[4:-2]) % 256 == frame[-2]):
            self._violation("/MBus: no long frame")
        if set(body) != {"Date", "Telegram"} or not DATE.fullmatch(body["Date"]):
            self._violation(f"/MBus: {sorted(body)}")
        self.raw.append((body["Date"], body["Telegram"]))
        return 200, {}

    def answer(self, method, path, headers, text):
        if path == "/oauth/token":
            return self.token(headers.get("Authorization"), text)
        if not self.is_authorized(headers.get("Authorization")):
            return 401, None
        if method == "POST" and not headers.get("Content-Type", "").startswith(
                "application/json"):
            self._violation(f"{path}: Content-Type {headers.get('Content-Type')}")
        if (method, path) == ("GET", "/User"):
            return 200, {"Username": "somebody"}
        if (method, path) == ("GET", "/Devices"):
            return 200, list(self.devices.values())
        if (method, path) == ("GET", "/CustomDevice"):
            return 200, list(self.custom.values())
        if method == "POST" and path in ("/Devices", "/CustomDevice"):
            return self.take(path, text)
        if (method, path) == ("POST", "/api/MBus"):
            return self.take_raw(text)
        self._violation(f"{method} {path} is not in the description")
        return 404, None

    def _handler(service):  # pylint: disable=no-self-argument
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def handle(self):
                try:
                    super().handle()
                except OSError:  # the client refused the certificate, or has gone
                    pass

            def reply(self, status, body=None, headers=(), cut=False):
                data = body if isinstance(body, bytes) else (
                    b"" if body is None else json.dumps(body).encode())
                self.send_response(status)
                for name, value in headers:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data[:len(data) // 2] if cut else data)
                if cut:
                    self.close_connection = True

            def serve(self):
                text = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                with service.lock:
                    service.requests.append((self.command, self.path))
                    wrong = service.misbehave(self)
                    if wrong is None or wrong.get("takes"):
                        status, body = service.answer(self.command, self.path, self.headers,
                                                      text)
                if wrong is None:
                    self.reply(status, body)
                    return
                time.sleep(wrong.get("slow_s", 0))
                if wrong.get("takes"):
                    wrong = {"status": status, "body": body, **wrong}
                self.reply(wrong["status"], wrong.get("body"), wrong.get("headers", ()),
                           wrong.get("cut", False))

            do_GET = do_POST = serve

        return Handler
