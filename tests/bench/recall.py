"""How often the library has the right passage among its first five: 30 questions, each with one, among distractors.

`make bench ONLY=recall` prints the figure; the suite holds it above its bar.
"""

from __future__ import annotations

import random
from typing import Any

from services.entities.library import Passage, Query
from services.entities.people import Actor
from services.library.answers import LibraryAnswers
from services.library.rights import Reader
from services.ports.tools import Asker
from services.ports.work import UnitOfWorkFactory
from storage.engine import make_engine
from storage.uow import DriverConnection, unit_of_work
from tests.bench.report import Figure
from tests.bench.stand import Stand
from tests.fakes.clock import FakeClock
from tests.library import ready, share, stored

AMONG, BAR = 5, 0.9
PAIRS = (
    ("What did she say about pricing?", "We set the price at ninety euros a month, and students pay half."),
    ("When is the picture lock?", "Picture lock is on the twenty-seventh of March, no later."),
    ("Who reads the voice-over?", "Esperanza Ruiz will read the voice over in studio two."),
    (
        "How long should the launch film be?",
        "The launch film runs ninety seconds, with a cut of thirty for social.",
    ),
    (
        "Which camera did they rent?",
        "For the drone shots we rented a Mavic, the other camera is an Alexa Mini.",
    ),
    ("Why did the export fail?", "The export failed because the disk was full before the last reel."),
    ("What music are we using?", "No stock music: a string quartet records the theme next week."),
    ("Where do we shoot the kitchen scene?", "The kitchen scene is shot in the old bakery by the harbour."),
    ("Did anyone mention the budget for colour?", "Colour grading has a budget of six thousand euros."),
    ("What is the tone of the film?", "Keep the tone calm, with dry humour and no exclamation marks."),
    ("Who approves the script?", "The script is approved by Mia before anything is recorded."),
    (
        "What happened to the second microphone?",
        "The second microphone was left in the taxi, so we used the boom.",
    ),
    ("Which logos must not be shown?", "Logos of other companies must not be shown anywhere in frame."),
    ("How many extras do we need?", "We need twelve extras for the café, four of them with umbrellas."),
    ("What did the client dislike?", "The client disliked the opening shot: too dark, and nobody smiles."),
    ("When does the crew meet?", "The crew meets at seven in front of the studio, breakfast included."),
    ("Is the interview subtitled in Spanish?", "The interview gets subtitles in Spanish and Portuguese."),
    (
        "What was said about accessibility?",
        "Accessibility matters: captions for everything, and audio description.",
    ),
    (
        "How do we back up the footage?",
        "Footage is backed up twice a day, once to tape and once to the cloud.",
    ),
    (
        "Who owns the rights of the photographs?",
        "The photographs belong to the museum, which owns all rights.",
    ),
    ("What is the plan if it rains?", "If it rains we move the picnic indoors and light it from the window."),
    ("Which font is used in the titles?", "Titles are set in a slab serif font, white on deep violet."),
    (
        "What did Ben say about the trailer?",
        "Ben thinks the trailer gives away the ending and wants it recut.",
    ),
    ("How was the focus group?", "The focus group laughed twice and lost attention after a minute."),
    ("When do tickets go on sale?", "Tickets go on sale on the first of May at noon."),
    ("What equipment is missing?", "We are missing two light stands and the equipment case for lenses."),
    ("Who is the sponsor?", "The sponsor is a maker of electric bicycles from Utrecht."),
    (
        "What did they decide about narration?",
        "They decided against narration; the workers speak for themselves.",
    ),
    ("How loud should the mix be?", "Mix the loudness to minus twenty-three, with peaks under minus one."),
    (
        "Why was the premiere postponed?",
        "The premiere was postponed by a week because the hall is being repaired.",
    ),
)
SUBJECTS = ("the camera", "the studio", "the film", "our client", "the crew", "a scene", "the script", "the music",
            "an interview", "the export", "the budget", "the titles", "the trailer", "the picture", "the light")  # fmt: skip
ACTS = ("was discussed at length", "comes up again tomorrow", "is fine as it is", "needs another look",
        "was mentioned in passing", "is on the list for Monday", "belongs to another meeting", "can wait")  # fmt: skip


async def recall(uow: UnitOfWorkFactory, rights: Any, *, distractors: int = 1_500) -> float:
    """The share of questions with their passage among the first five."""
    chance = random.Random(7)
    noise = [f"{chance.choice(SUBJECTS).capitalize()} {chance.choice(ACTS)}." for _ in range(distractors)]
    texts = [*noise, *(passage for _, passage in PAIRS)]
    chance.shuffle(texts)
    for at in range(0, len(texts), 100):
        item = ready(title=f"Recording {at}")
        said = [Passage(n, text, n * 5.0, n * 5.0 + 5) for n, text in enumerate(texts[at : at + 100])]
        await stored(uow, item, *said, shares=(share(item),))
    answers = LibraryAnswers(uow, rights, FakeClock(), "https://acme.slack.com")
    return sum([await is_found(answers, *pair) for pair in PAIRS]) / len(PAIRS)


async def is_found(answers: LibraryAnswers, question: str, passage: str) -> bool:
    """Asked as a model may ask at worst: in the person's own words."""
    told = await answers.search(Asker(Actor("T1", "UANNA"), None), Query(question), AMONG)
    return any(passage in line for line in told)


class Everyone:
    """Rights of somebody who is in the channel."""

    async def reader(self, actor: Actor, *, at: str | None = None) -> Reader:
        return Reader(actor, frozenset({"C1"}))


async def bench(stand: Stand, distractors: int = 1_500) -> list[Figure]:
    async def nothing(_: DriverConnection, task: str, payload: bytes) -> None: ...

    async with stand.database() as database:
        engine = make_engine(database.url)
        try:
            found = await recall(unit_of_work(engine, nothing), Everyone(), distractors=distractors)
        finally:
            await engine.dispose()
    what = f"library: the right passage of {len(PAIRS)} questions among the first {AMONG}"
    notes = (f"{distractors} passages that use the same words", "asked in the person's own words")
    return [Figure("recall", what, f"at least {BAR}", f"{found:.2f}", found >= BAR, notes)]
