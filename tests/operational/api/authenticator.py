"""A passkey's authenticator in software: it signs what a browser would let a real one sign."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import bytes_to_base64url as b64

# user present, user verified, attested data included (WebAuthn, 6.1)
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class Authenticator:
    """One passkey, on a page of `origin`; `verifies` the person or merely notices them.

    Passkeys that are copied between devices do not count their signatures.
    """

    def __init__(self, origin: str, *, verifies: bool = True, counts: bool = True) -> None:
        self.origin = origin
        self.count = 0
        self._step = int(counts)
        self.id = secrets.token_bytes(16)
        self._flags = PRESENT | (VERIFIED if verifies else 0)
        self._key = generate_private_key(SECP256R1())

    def make(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to options of registration, without attestation."""
        numbers = self._key.public_key().public_numbers()
        # COSE: EC2, ES256, P-256
        cose = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})
        data = self._data(options["rp"]["id"], self._flags | ATTESTED)
        data += bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cose
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", options)
        return self._credential({"attestationObject": b64(attestation), "clientDataJSON": b64(client)})

    def use(self, options: Mapping[str, Any], rp_id: str) -> dict[str, Any]:
        """The answer to options of authentication."""
        self.count += self._step
        data = self._data(rp_id, self._flags)
        client = self._client("webauthn.get", options)
        signature = self._key.sign(data + hashlib.sha256(client).digest(), ECDSA(SHA256()))
        answer = {"authenticatorData": b64(data), "clientDataJSON": b64(client), "signature": b64(signature)}
        return self._credential(answer)

    def _data(self, rp_id: str, flags: int) -> bytes:
        return hashlib.sha256(rp_id.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, options: Mapping[str, Any]) -> bytes:
        return json.dumps({"type": kind, "challenge": options["challenge"], "origin": self.origin}).encode()

    def _credential(self, response: Mapping[str, str]) -> dict[str, Any]:
        name = b64(self.id)
        kept = {"response": dict(response), "clientExtensionResults": {}}
        return {"id": name, "rawId": name, "type": "public-key", **kept}
