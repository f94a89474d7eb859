"""The life of an account with a client that openapi-python-client generated from /openapi.json."""

import os
import time
import uuid

import httpx
from passport_client import AuthenticatedClient, Client
from passport_client.api.challenges import issue_challenge, show_challenge
from passport_client.api.codes import send_code
from passport_client.api.me import change_profile, list_events, show_me
from passport_client.api.session import show_session, sign_out
from passport_client.api.sessions import list_sessions
from passport_client.api.users import sign_up
from passport_client.models import (
    AnsweredChallenge,
    CodeForNumber,
    CodeForNumberPurpose,
    CodeWrongProblem,
    Devices,
    NewSession,
    NotSignedInProblem,
    ProfileChange,
    SentCode,
    SignedIn,
    SignUpRequest,
    Transport,
    User,
)

service = os.environ["PASSPORT_URL"]
anyone = Client(base_url=service)


def code_for(mobile: str, purpose: CodeForNumberPurpose) -> tuple[str, str]:
    """Solves a challenge with the answer of the test settings, and has a code sent."""
    challenge = issue_challenge.sync(client=anyone)
    image = show_challenge.sync_detailed(challenge.id, client=anyone)
    assert image.content.startswith(b"\x89PNG"), image
    sent = send_code.sync(
        client=anyone,
        idempotency_key=str(uuid.uuid4()),
        body=CodeForNumber(
            purpose=purpose,
            mobile=mobile,
            locale="en",
            challenge=AnsweredChallenge(id=challenge.id, answer="abcd2"),
        ),
    )
    assert isinstance(sent, SentCode), sent
    code = httpx.get(f"{service}/dev/inbox.json").json()[0]["code"]
    return sent.code_id, code


mobile = "138" + str(time.time_ns())[-11:-3]
code_id, code = code_for(mobile, CodeForNumberPurpose.SIGN_UP)

# A problem has a type of its own.
guess = SignUpRequest(mobile=mobile, code_id=code_id, code="000001" if code == "000000" else "000000")
wrong = sign_up.sync_detailed(client=anyone, body=guess)
assert wrong.status_code == 422 and isinstance(wrong.parsed, CodeWrongProblem), wrong
assert wrong.parsed.tries_left == 4

signed_up = sign_up.sync(
    client=anyone,
    body=SignUpRequest(
        mobile=mobile, code_id=code_id, code=code, nick_name="Ada", transport=Transport.BEARER
    ),
)
assert isinstance(signed_up, NewSession), signed_up
me = AuthenticatedClient(base_url=service, token=signed_up.token)

user = show_me.sync(client=me)
assert isinstance(user, User) and user.nick_name == "Ada" and not user.has_password, user
renamed = change_profile.sync(client=me, body=ProfileChange(nick_name="Ada L."))
assert isinstance(renamed, User) and renamed.nick_name == "Ada L.", renamed
here = show_session.sync(client=me)
assert isinstance(here, SignedIn) and here.user.id == user.id, here
devices = list_sessions.sync(client=me)
assert isinstance(devices, Devices) and len(devices.sessions) == 1, devices
assert list_events.sync(client=me).events

assert sign_out.sync_detailed(client=me).status_code == 204
gone = show_session.sync(client=me)
assert isinstance(gone, NotSignedInProblem), gone

print(f"python: {user.id} signed up, in and out")
