"""What schemathesis cannot guess: who asks, and what is in the city.

The test beside this file (`schemathesis.rs`) fills a city and names in `CITY_KNOWN` a file that says what is in it.
Kiosks sign here with somebody else's Ed25519.
"""

import atexit
import base64
import collections
import collections.abc
import hashlib
import itertools
import json
import os
import re
import threading
from datetime import datetime, timedelta, timezone

import requests.auth
import schemathesis
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from schemathesis.core.parameters import ParameterLocation

with open(os.environ["CITY_KNOWN"], encoding="utf-8") as file:
    KNOWN = json.load(file)
CITY = timezone(timedelta(hours=8))
# One worker asks: the order of requests is the same in every run.
TURN = itertools.count()
CALLS = itertools.count()


def drawn(choices, *by):
    """One of the choices, always the same for the same request."""
    digest = hashlib.sha256(repr(by).encode("utf-8", "replace")).digest()
    return choices[int.from_bytes(digest[:4], "big") % len(choices)]


class Kiosk(requests.auth.AuthBase):
    """Signs as `city_api::auth` says."""

    def __init__(self, kiosk):
        self.kiosk = kiosk["id"]
        self.key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(kiosk["seed"]))

    def __call__(self, request):
        body = request.body or b""
        body = body.encode() if isinstance(body, str) else body
        time = datetime.now(CITY).isoformat(timespec="seconds")
        digest = hashlib.sha256(body).hexdigest()
        document = f"{request.method}\n{request.path_url}\n{time}\n{digest}".encode()
        message = b"city-kiosk request v1\0" + hashlib.sha256(document).digest()
        signature = base64.b64encode(self.key.sign(message)).decode()
        request.headers["Authorization"] = (
            f'Kiosk kiosk="{self.kiosk}", time="{time}", signature="{signature}"'
        )
        return request


class Bearer(requests.auth.AuthBase):
    """One of several people, drawn by what is asked."""

    def tokens(self, path):
        if "/v1/deliveries" in path:
            return [WINDOW] * 3 + OFFICERS
        at_a_window = "/v1/window/" in path or "/v1/help-calls" in path
        return [WINDOW] * 4 + OFFICERS[:1] if at_a_window else OFFICERS

    def __call__(self, request):
        tokens = self.tokens(request.path_url)
        token = drawn(tokens, next(TURN))
        request.headers["Authorization"] = f"Bearer {token}"
        return request


class Staff(Bearer):
    """Mostly whose work it is, sometimes somebody else."""

    WORK = (
        ("/(roles|unlock)$|/v1/kiosks", "security"),
        ("/training$|/cards|/statistics|/reports|/dead|/route$", "supervisor"),
        ("/v1/(events|data-calls)", "audit"),
        ("", "system"),
    )

    def tokens(self, path):
        whose = next(who for work, who in self.WORK if re.search(work, path))
        return [STAFF[whose]] * 4 + [STAFF["supervisor"], OFFICERS[0]]


STAFF, OFFICERS, WINDOW = KNOWN["staff"], KNOWN["officers"], KNOWN["window"]
schemathesis.auth.set_from_requests(Kiosk(KNOWN["kiosk"])).apply_to(tag="kiosk")
schemathesis.auth.set_from_requests(Bearer()).apply_to(tag="officer")
schemathesis.auth.set_from_requests(Bearer()).apply_to(tag="library")
schemathesis.auth.set_from_requests(Staff()).apply_to(tag="supervision")
# A session that is ended is of no use any more; a machine's token stays.
schemathesis.auth.set_from_requests(Staff()).apply_to(tag="staff").skip_for(method="DELETE")
schemathesis.auth.set_from_requests(Bearer()).apply_to(tag="staff", method="DELETE")


def real(operation, name):
    """Values that are in the city for a parameter or field; None for what may be anything."""
    values = KNOWN["values"]
    found = values.get(f"{operation.path} {name}", values.get(name))
    return found or None


def fill(case, container, location, whole):
    """What is there: everywhere in every other request, so that the handlers behind all doors are reached by more than
    chance, and two of three times by itself in the others."""
    if case.meta.is_negative_at(location):
        return
    waiting = [container]
    while waiting:
        found = waiting.pop()
        if isinstance(found, list):
            waiting.extend(found)
        if not isinstance(found, collections.abc.MutableMapping):
            continue
        for name, value in found.items():
            values = real(case.operation, name)
            if values and isinstance(value, type(values[0])):
                # Headers made up are mostly the same empty text, which opens no door.
                always = whole or location == ParameterLocation.HEADER
                if always or drawn([True, True, False], case.operation.label, name, found):
                    # What is known is right in all its parts.
                    found[name] = drawn(values, name, value)
                    continue
            waiting.append(value)


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.meta is None:
        return
    whole = next(CALLS) % 2 == 0
    fill(case, case.path_parameters, ParameterLocation.PATH, whole)
    fill(case, case.query, ParameterLocation.QUERY, whole)
    fill(case, case.headers, ParameterLocation.HEADER, whole)
    fill(case, case.body, ParameterLocation.BODY, whole)


COUNTS = collections.defaultdict(collections.Counter)
LOCK = threading.Lock()


@schemathesis.hook
def after_call(context, case, response):
    with LOCK:
        COUNTS[case.operation.label][response.status_code] += 1


@atexit.register
def report():
    with open(os.environ["CITY_COUNTS"], "w", encoding="utf-8") as out:
        json.dump(COUNTS, out)
