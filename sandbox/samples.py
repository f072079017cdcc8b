"""Things to ask about in the first minute: a brief as PDF, a storyboard, and what people said about them."""

from typing import TYPE_CHECKING

from sandbox.pictures import Rectangle, png
from sandbox.state.models import File, Message, User

if TYPE_CHECKING:
    from sandbox.server import Sandbox

_MINUTE = 60.0
_BRIEF = (
    "Aurora One: launch film, brief",
    "",
    "Length: 90 seconds, a cut of 30 seconds for social.",
    "Audience: people who edit at home and wait for exports.",
    "Promise: the export is done before the coffee is.",
    "Tone: calm, dry humour, no stock music.",
    "",
    "Shooting days: 12 and 13 March, studio 2. Picture lock: 27 March.",
    "Budget: 18,400 euros, of which 6,200 for colour and sound.",
    "Voice: Esperanza Ruiz. Music: to be chosen by 16 March.",
    "Must show: the new timeline, the export clock, the team at work.",
    "Must not show: prices, other companies' logos.",
    "",
    "Open question: do we open on the clock or on the coffee?",
)
_FRAME_WIDTH, _FRAME_HEIGHT, _GAP = 240, 135, 20
_FRAMES: tuple[tuple[str, tuple[Rectangle, ...]], ...] = (
    ("#f2b134", ((90, 50, 150, 110, "#5b3a1d"), (150, 62, 168, 92, "#5b3a1d"), (96, 44, 144, 52, "#fff3d6"))),
    ("#2b2140", ((30, 60, 210, 72, "#4bbe2e"), (30, 80, 150, 92, "#3c989f"), (120, 40, 124, 110, "#e7392d"))),
    (
        "#cfd8e3",
        ((95, 30, 145, 105, "#ffffff"), (117, 45, 123, 72, "#2b2140"), (117, 66, 138, 72, "#2b2140")),
    ),
)


def place_samples(sandbox: "Sandbox") -> None:
    """Into #launch-video, as if it had been there for an hour: nobody is told."""
    people = {name: sandbox.workspace.user(name) for name in ("ana", "ben", "mia")}
    brief = sandbox.files.place(people["ana"], "aurora-one-brief.pdf", brief_pdf())
    board = sandbox.files.place(people["ben"], "storyboard.png", storyboard())
    brief.title, board.title = "Aurora One: launch film, brief", "Storyboard, first three frames"
    board.alt_txt = "Three frames: a cup of coffee, a timeline with a playhead, a clock."
    _say(sandbox, people["mia"], 55, "Kick-off for the *Aurora One* launch film is on Thursday at 10:00.")
    said = _say(sandbox, people["ana"], 42, "Here is the brief. Please read it before Thursday.", brief)
    _say(sandbox, people["ben"], 31, "And the first three frames. Coffee first, I would say.", board)
    ask = f"Anything unclear? Ask <@{sandbox.workspace.bot.id}> in a thread under the brief, it reads files."
    _say(sandbox, people["mia"], 24, ask)
    sandbox.page.sample = {"channel": said.channel.id, "ts": said.ts}


def brief_pdf() -> bytes:
    """One page, written out object by object; the text can be selected and found."""
    drawn = ["BT /F1 20 Tf 72 760 Td 22 TL", f"({_escaped(_BRIEF[0])}) Tj", "/F1 12 Tf"]
    drawn += [f"T* ({_escaped(line)}) Tj" for line in _BRIEF[1:]]
    content = "\n".join([*drawn, "ET"]).encode("latin-1")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R"
            b" /Resources << /Font << /F1 4 0 R >> >> >>"
        ),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
    ]
    return _with_table(objects)


def storyboard() -> bytes:
    rectangles: list[Rectangle] = []
    for number, (background, shapes) in enumerate(_FRAMES):
        left = _GAP + number * (_FRAME_WIDTH + _GAP)
        rectangles.append((left, _GAP, left + _FRAME_WIDTH, _GAP + _FRAME_HEIGHT, background))
        for x1, y1, x2, y2, colour in shapes:
            rectangles.append((left + x1, _GAP + y1, left + x2, _GAP + y2, colour))
    width = _GAP + len(_FRAMES) * (_FRAME_WIDTH + _GAP)
    return png(width, _FRAME_HEIGHT + 2 * _GAP, rectangles)


def _say(sandbox: "Sandbox", user: User, minutes_ago: int, text: str, file: File | None = None) -> Message:
    workspace = sandbox.workspace
    channel = workspace.channel("#launch-video")
    moment = workspace.clock.now() - minutes_ago * _MINUTE
    message = Message(channel, f"{moment:.6f}", user, text, client_msg_id=workspace.ids.uuid())
    if file is not None:
        message.subtype, message.files, file.created = "file_share", [file], int(moment)
    workspace.messages.put(message)
    return message


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _with_table(objects: list[bytes]) -> bytes:
    """A PDF file of these objects: they are found by the table of their places at its end."""
    written, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    table += b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    return written + table + trailer % (len(objects) + 1, len(written))
