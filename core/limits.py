"""Every size a person can meet, in one place. Characters are Unicode code points."""

from typing import Final

MESSAGE_CHARACTERS: Final = 4_000
FIELD_CHARACTERS: Final = 2_000
PROFILE_CHARACTERS: Final = 20_000
NOTE_CHARACTERS: Final = 10_000
NAME_CHARACTERS: Final = 40
EMAIL_CHARACTERS: Final = 254
PASSWORD_CHARACTERS: Final = 200
LIST_ITEMS: Final = 50

FRAME_BYTES: Final = 64 * 1024
BODY_BYTES: Final = 1024 * 1024
# From the end of a request's headers to the end of its body.
BODY_SECONDS: Final = 30

PAGE_ITEMS: Final = 100

# Promise 12: limits a member can see.
OPEN_ASKS: Final = 3
FIRST_WEEK_ASKS: Final = 5
