"""Verifies tokens of a running passport with PyJWT and Authlib, and lets an axum service verify those of PyJWT.

    pip install 'PyJWT[crypto]' authlib requests
    python interop.py ISSUER SESSION AUDIENCE

ISSUER is the address of passport, SESSION the token of a live session, AUDIENCE an audience of the settings. With
`--serve PORT` it is an issuer itself, with a key of each algorithm, and prints a token of each.
"""

import json
import sys
import time
import uuid

import jwt
import requests
from authlib.oauth2.rfc9068 import JWTBearerTokenValidator
from joserfc.jwk import KeySet


def check(issuer, session, audience):
    reply = requests.post(f"{issuer}/api/v1/session/tokens", json={"audience": audience},
                          headers={"Authorization": f"Bearer {session}"}, timeout=10)
    reply.raise_for_status()
    token = reply.json()["access_token"]
    keys = jwt.PyJWKClient(f"{issuer}/.well-known/jwks.json", lifespan=300)
    header = jwt.get_unverified_header(token)
    assert header["typ"] == "at+jwt", header
    claims = jwt.decode(token, keys.get_signing_key_from_jwt(token).key, algorithms=["EdDSA", "ES256"],
                        audience=audience, issuer=issuer,
                        options={"require": ["exp", "iat", "sub", "jti", "client_id"]})
    print("PyJWT accepts", header["alg"], json.dumps(claims))
    for changed in ({"audience": "another"}, {"issuer": "https://another.example"}):
        try:
            jwt.decode(token, keys.get_signing_key_from_jwt(token).key, algorithms=["EdDSA", "ES256"],
                       **{"audience": audience, "issuer": issuer, **changed})
            raise SystemExit(f"PyJWT accepts {changed}")
        except jwt.InvalidTokenError as refusal:
            print("PyJWT refuses", changed, refusal)

    class Validator(JWTBearerTokenValidator):
        def get_jwks(self):
            reply = requests.get(f"{issuer}/.well-known/jwks.json", timeout=10)
            return KeySet.import_key_set(reply.json())

    if header["alg"] == "EdDSA":
        print("Authlib 1.9 takes no EdDSA; try tokens.algorithm = es256")
        return
    validator = Validator(issuer=issuer, resource_server=audience)
    validated = validator.authenticate_token(token)
    validator.validate_token(validated, scopes=None, request=None)
    print("Authlib (RFC 9068) accepts, client", validated["client_id"])


def serve(port):
    from http.server import BaseHTTPRequestHandler, HTTPServer

    from cryptography.hazmat.primitives.asymmetric import ec, ed25519
    issuer = f"http://127.0.0.1:{port}"
    keys = {"ed": (ed25519.Ed25519PrivateKey.generate(), "EdDSA", jwt.algorithms.OKPAlgorithm),
            "es": (ec.generate_private_key(ec.SECP256R1()), "ES256", jwt.algorithms.ECAlgorithm)}
    public = []
    for kid, (key, algorithm, kind) in keys.items():
        public.append({**json.loads(kind.to_jwk(key.public_key())), "kid": kid, "use": "sig", "alg": algorithm})
    body = json.dumps({"keys": public}).encode()
    now = int(time.time())
    for kid, (key, algorithm, _) in keys.items():
        claims = {"iss": issuer, "sub": "u", "aud": "shop", "client_id": "shop", "iat": now, "exp": now + 600,
                  "jti": str(uuid.uuid4()), "sid": "s", "auth_time": now, "amr": ["pwd"]}
        print(jwt.encode(claims, key, algorithm=algorithm, headers={"kid": kid, "typ": "at+jwt"}), flush=True)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Cache-Control", "max-age=300")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    HTTPServer(("127.0.0.1", port), Handler).serve_forever()


if sys.argv[1] == "--serve":
    serve(int(sys.argv[2]))
else:
    check(*sys.argv[1:])
