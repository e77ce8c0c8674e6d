"""What a contact detail looks like in plain spelling, also when written to slip past.

Patterns read folded text (lower case, no apostrophes). All are bounded, so linear.
"""

import re
from typing import Final

# The 121 postcode areas of Great Britain and Northern Ireland (Royal Mail), plus the islands.
_AREAS: Final = (
    "ab al b ba bb bd bh bl bn br bs bt ca cb cf ch cm co cr ct cv cw da dd de dg dh dl dn dt dy"
    " e ec eh en ex fk fy g gl gu gy ha hd hg hp hr hs hu hx ig im ip iv ka kt kw ky l la ld le"
    " ll ln ls lu m me mk ml n ne ng nn np nr nw ol ox pa pe ph pl po pr rg rh rm s sa se sg sk"
    " sl sm sn so sp sr ss st sw sy ta td tf tn tq tr ts tw ub w wa wc wd wf wn wr ws wv yo ze je"
)
_PLATFORM: Final = (
    r"(?:insta|instagram|ig|snap|snapchat|tiktok|twitter|facebook|fb|messenger|discord|telegram"
    r"|kik|whatsapp|signal|reddit|onlyfans|skype|bluesky|threads|xbox live|psn)"
)
_ENDING: Final = r"(?:com|org|net|co\.uk|org\.uk|ac\.uk|uk|ie|io|gg|ly|eu|xyz)"
_WORDY_ENDING: Final = r"(?:me|app|info|tv|online|site|shop|live|link|chat|social)"
_SPOKEN_ENDING: Final = (
    r"(?:com|org|net|ie|io|gg|me|info|uk|co (?:dot|\.) ?uk|org (?:dot|\.) ?uk|co)"
)
_SPOKEN_DIGIT: Final = (
    r"(?:zero|oh|o|nought|naught|one|two|three|four|five|six|seven|eight|nine|double|triple"
    r"|treble|hundred|\d{1,6})"
)
_STREET: Final = (
    r"(?:street|st|road|rd|avenue|ave|lane|close|drive|crescent|terrace|gardens|grove|mews|court"
    r"|place|way|walk|square|parade|row)"
)

PHONE: Final = re.compile(
    r"(?<![\w.,/])(?:\+ ?|\(\+?)?[\dol](?:[ .\-()]{0,3}[\doil]){6,14}(?![\w@])"
)
SPOKEN_PHONE: Final = re.compile(rf"\b{_SPOKEN_DIGIT}(?:[ ,\-]{{1,3}}{_SPOKEN_DIGIT}){{5,22}}\b")
DATE: Final = re.compile(r"\d{1,2}[.\-]\d{1,2}[.\-](?:19|20)?\d{2}(?!\d)")

EMAILS: Final = (
    re.compile(r"[a-z0-9][a-z0-9._%+\-]{0,63}@[a-z0-9\-]{1,63}(?:\.[a-z0-9\-]{1,63}){1,4}"),
    re.compile(
        r"[a-z0-9][a-z0-9._\-]{0,40}(?: dot [a-z0-9\-]{1,30}){0,3} at [a-z0-9\-]{1,40}"
        rf"(?: dot [a-z0-9\-]{{2,30}}){{0,2}} dot {_SPOKEN_ENDING}\b"
    ),
    re.compile(
        r"[a-z0-9][a-z0-9._\-]{0,40} ?(?:@|[\[({] ?(?:at|@) ?[\])}]) ?[a-z0-9\-]{1,40}"
        rf" ?(?:\.|dot|[\[({{] ?(?:dot|\.) ?[\])}}]) ?{_SPOKEN_ENDING}\b"
    ),
    re.compile(r"(?:[a-z0-9] ){1,20}@(?: [a-z0-9]){2,20} \.(?: [a-z]){2,6}"),
)
LINKS: Final = (
    re.compile(r"\b(?:https?:// ?|www ?\. ?)[^\s]{2,200}"),
    re.compile(
        rf"(?<![@\w.\-])(?:[a-z0-9\-]{{2,63}}\.){{1,3}}{_ENDING}(?![\w\-]|\.[a-z])(?:[/?#:]\S{{0,200}})?"
    ),
    re.compile(rf"(?<![@\w.\-])(?:[a-z0-9\-]{{2,63}}\.){{1,3}}{_WORDY_ENDING}/\S{{1,200}}"),
    re.compile(rf"\b[a-z0-9\-]{{2,40}} (?:dot|\(dot\)|\[dot\]) {_SPOKEN_ENDING}\b"),
)
HANDLES: Final = (
    re.compile(
        rf"\b{_PLATFORM}(?: name| handle| username| user| account| id| tag)?"
        r"(?: is| as| its| under|:| :| =| -|,)? ?(?:@ ?[a-z0-9._]{3,30}"
        r"|(?=[0-9._]{0,5}[a-z])[a-z0-9]{1,20}(?:[_0-9]{1,4}[a-z0-9._]{1,24}|\.[a-z0-9._]{2,24})|[a-z]{3,20}\d{2,6}\b)"
    ),
    re.compile(r"(?<![\w.])@(?=[a-z0-9]{1,20}[._0-9])[a-z0-9]{1,20}[._0-9]{1,3}[a-z0-9._]{2,20}"),
    re.compile(r"\b[a-z0-9._]{2,32}#\d{4}\b"),
)
PLATFORM_WORDS: Final = frozenset(
    {"insta", "instagram", "ig", "snap", "snapchat", "tiktok", "twitter", "facebook", "fb"}
    | {"messenger", "discord", "telegram", "kik", "whatsapp", "signal", "reddit", "onlyfans"}
    | {"skype", "bluesky", "threads"}
)
NUMBER_WORDS: Final = frozenset(
    {"zero", "oh", "nought", "naught", "one", "two", "three", "four", "five", "six", "seven"}
    | {"eight", "nine", "double", "triple", "treble"}
)
POSTCODE: Final = re.compile(
    rf"\b(?:{'|'.join(_AREAS.split())})\d[a-z\d]? ?\d[abd-hjlnp-uw-z]{{2}}\b"
)
_NO_STREET: Final = (
    r"(?:minutes?|miles?|doors?|years?|days?|weeks?|of|yards|hours?|times?|people|steps|months"
    r"|houses|stops)"
)
STREET: Final = re.compile(
    rf"\b(?:flat \d{{1,3}}[a-z]?,? )?\d{{1,4}}[a-z]? (?!{_NO_STREET}\b)"
    rf"(?:[a-z]{{2,15}} ){{1,3}}{_STREET}\b"
)
# A street is the author's own address only when they say so.
OWN_ADDRESS_LEAD: Final = re.compile(
    r"\b(?:i live at|im at|im living at|im staying at|my (?:home |new )?address(?: is|:|s)?"
    r"|come to|find me at|visit me at|write to me at|post it to(?: me at)?)[ :]{0,2}\Z"
)
_KIN: Final = (
    r"(?:exs|bosss|neighbours|cpns|nurses|therapists|landlords|sisters|brothers|mums|dads"
    r"|husbands|wifes|partners|friends|flatmates|social workers)"
)
_SOMEBODY: Final = r"(?:nurse|man|woman|bloke|doctor|girl|lad|bitch|bastard|moderator)"
_DETAIL: Final = (
    r"(?:address|number|phone|mobile|email|e-mail|mail|insta|instagram|snap|snapchat|facebook|fb"
    r"|tiktok|twitter|discord|house|flat|home|postcode|work number|whatsapp|handle|place)"
)
_NO_NAME: Final = (
    r"(?:me|us|it|back|now|the|my|this|that|on|if|in|when|your|you|a|up|out|here|anytime|any"
    r"|whenever|at|for)"
)
_NO_OWNER: Final = r"(?:this|its|hes|shes|whats|thats|is|has|was|as|yours|ours|lets|does|us|always)"
# Whose detail follows: somebody who is neither the author nor a service.
OTHERS_LEAD: Final = re.compile(
    rf"\b(?:(?:his|her|their|my (?:\w{{1,12}} )?{_KIN}"
    rf"|(?:that|the|this) (?:\w{{1,12}} )?{_SOMEBODY}s|(?!{_NO_OWNER}\b)[a-z]{{2,12}}s)"
    rf" (?:\w{{1,12}} )?{_DETAIL}s?"
    rf"|(?:he|she|they|that (?:\w{{1,12}} )?{_SOMEBODY}"
    r"|my (?:\w{1,12} )?(?:ex|neighbour|boss|landlord|therapist|nurse|cpn))s? (?:\w{1,12} )?"
    r"(?:live|lives|living|works?|working|stays?|staying|parks|is|are|be found|moved) "
    r"(?:at|in|on|to|near|round at)"
    r"|(?:ring|call|text|message|email|e-mail|phone|find|contact|write to|get|add|follow|dm|visit)"
    rf" (?:him|her|them|that \w{{2,12}}|(?!{_NO_NAME}\b)[a-z]{{2,12}})(?: up| back)?"
    r" (?:on|at|via|through)"
    r")\b(?:(?!\b(?:my|mine|i live|im|me)\b)[^!?\n]){0,40}\Z"
)
SERVICE_LEAD: Final = re.compile(
    r"\b(?:crisis|team|teams|ward|gps?|surgery|clinic|reception|help ?line|hospital|charity"
    r"|charitys|office|council|police|line|centre|center|service|mind|samaritans|citizens"
    r"|foodbank|food bank|pharmacy|chemist|duty|switchboard|advice|library|university|refuge"
    r"|shelter|branch|hub|trust|nhs|cafe|shop|hall|station|intergroup|meeting)\b[^!?\n]{0,50}\Z"
)
OWN_LEAD: Final = re.compile(
    r"\b(?:my|mine|me|im|ring|call|text|number|mobile|whatsapp)\b[^!?\n]{0,30}\Z"
)
