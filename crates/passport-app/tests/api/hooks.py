"""Gives schemathesis sessions, numbers and codes, which no schema describes."""

import os
import random

import requests
import schemathesis

URL = os.environ["PASSPORT_URL"]
API = f"{URL}/api/v1"
# Values of the examples and links in the document.
EXAMPLE_CODE = "012345"
EXAMPLE_NUMBER = "13800138000"
TEST_ANSWER = "abcd2"
PASSWORD = "correct horse battery"

chance = random.Random(13)
# Numbers to which codes were sent, by the id of the code.
numbers = {}


def new_number() -> str:
    return f"13{chance.randrange(10**9):09}"


def code_of(number: str) -> str:
    """The newest code in the development inbox for a number of mainland China."""
    to = f"+86{number[-11:]}"
    for message in requests.get(f"{URL}/dev/inbox.json", timeout=10).json():
        if message["to"] == to and message.get("code"):
            return message["code"]
    return EXAMPLE_CODE


def sign_up() -> str:
    """The bearer token of a new account, whose session was opened with its password."""
    number = new_number()
    challenge = requests.post(f"{API}/challenges", timeout=10).json()
    sent = requests.post(
        f"{API}/codes",
        json={
            "purpose": "sign-up",
            "mobile": number,
            "challenge": {"id": challenge["id"], "answer": TEST_ANSWER},
        },
        timeout=10,
    ).json()
    code = {"code_id": sent["code_id"], "code": code_of(number)}
    user = {"mobile": number, "password": PASSWORD, "transport": "bearer"}
    requests.post(f"{API}/users", json=user | code, timeout=10).raise_for_status()
    return requests.post(f"{API}/sessions", json=user, timeout=10).json()["token"]


@schemathesis.auth(refresh_interval=None)
class Session:
    """A live session: the test before may have ended its own one."""

    token = None

    def get(self, case, context):
        if Session.token is not None:
            headers = {"Authorization": f"Bearer {Session.token}"}
            if requests.get(f"{API}/session", headers=headers, timeout=10).status_code == 200:
                return Session.token
        Session.token = sign_up()
        return Session.token

    def set(self, case, data, context):
        case.headers = case.headers or {}
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook
def before_call(context, case, kwargs):
    """Replaces the examples of numbers and codes by such that work, from a client of its own."""
    case.headers = case.headers or {}
    case.headers["X-Forwarded-For"] = f"10.1.{chance.randrange(256)}.{chance.randrange(256)}"
    body = case.body
    if not isinstance(body, dict):
        return
    if body.get("mobile") == EXAMPLE_NUMBER:
        sent_to = numbers.get(str(body.get("code_id")))
        body["mobile"] = sent_to or new_number()
        if sent_to and body.get("code") == EXAMPLE_CODE:
            body["code"] = code_of(sent_to)


@schemathesis.hook
def after_call(context, case, response):
    """Remembers the number of a code."""
    if response.status_code == 202 and case.path == "/api/v1/codes":
        body = case.body if isinstance(case.body, dict) else {}
        if isinstance(body.get("mobile"), str):
            numbers[response.json()["code_id"]] = body["mobile"]
