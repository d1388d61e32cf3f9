"""What a developer reads first: the front of the OpenAPI document and of its human page."""

GUIDE = """
A live digital twin of the human body from wearable sensors. **Not a certified medical device.**

**Signing in.** An app posts `{"email": …, "password": …}` to `/_allauth/app/v1/auth/login` and sends the
`meta.session_token` of the answer in the header `X-Session-Token` with every request; `DELETE
/_allauth/app/v1/auth/session` ends it. A page uses its session cookie, and for unsafe methods also `X-CSRFToken`.

**Organizations.** Everything happens within one organization: the only one you belong to, else the one whose slug the
header `X-BodyLink-Organization` names. What belongs to another one does not exist (404).

**Devices** send a Basic `Authorization` of their uid and secret, to the addresses under *device* and to no other.

**Failures** are RFC 9457 problem details, `application/problem+json`: `type` is for programs, `detail` for people, and
`errors` names the fields at fault. A field or parameter that is not documented is refused, never ignored.

**Lists** are `{"next", "previous", "results"}`; follow the links as they are.

**Times** are UTC, ISO 8601 with `Z`; a stretch of time includes its start and excludes its end. **Units** are UCUM.
An `ETag` sent back in `If-None-Match` saves the body of what did not change.

**Honesty.** Each value says how old it is and where it came from: `measured`, `derived` (computed from a wave),
`manual`, `simulated` or `replayed`. Whatever is of a simulated patient says `"simulated": true`.
""".strip()

TAGS = [
    {"name": "patients", "description": "Who is there."},
    {"name": "measurements", "description": "What is measured of them, now and before."},
    {"name": "scores", "description": "Early warning: by the published chart, and by what was learned."},
    {"name": "twin", "description": "How their organs are, as far as that can be said."},
    {"name": "alerts", "description": "What needs somebody."},
    {"name": "devices", "description": "What measures."},
    {"name": "device", "description": "For the devices themselves, where they have no MQTT."},
    {"name": "organization", "description": "Where you are, and as what."},
]
