"""What a video team talks about: small scenes with gaps that the seed fills in.

A line is `(who, text)`, or `(who, text, extra)` with extra `{"reactions": {emoji: who}, "file": name}`.
"bot" is the app; what it says answers an ask that mentions `{bot}`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Line = tuple[str, str] | tuple[str, str, Mapping[str, Any]]


@dataclass(frozen=True)
class Scene:
    """The first line opens; the others are its thread, unless the scene is `flat`."""

    channel: str
    lines: tuple[Line, ...]
    flat: bool = False


FILLINGS: Mapping[str, tuple[str, ...]] = {
    "film": ("Aurora One", "Night Shift", "The Long Export", "Studio Tour", "Two Cups", "Handmade"),
    "place": ("studio 2", "the roof", "the harbour", "the canteen", "the archive"),
    "minutes": ("2:40", "1:30", "4:05", "0:58", "3:12", "6:20"),
    "seconds": ("8", "12", "20", "5", "15"),
    "version": ("3", "4", "5", "7", "9"),
    "day": ("Tuesday", "Wednesday", "Thursday", "Friday"),
    "song": ("Paper Boats", "Slow Trains", "Kitchen Radio", "Low Tide"),
    "count": ("14", "23", "31", "9", "46"),
}

SCENES: tuple[Scene, ...] = (
    Scene(
        "#general",
        (
            ("mia", "Plan for the week: *{film}* to picture lock by {day}, everything else can wait."),
            ("ana", "Works for me. I need half a day for the releases.", {"reactions": {"+1": "mia ben"}}),
            ("ben", "I can have a cut on the morning of {day}."),
        ),
    ),
    Scene(
        "#general",
        (
            ("ana", "Lunch is in {place} today, the caterer came early :sandwich:"),
            ("gil", "On my way!"),
            ("ben", "Save me something green."),
        ),
        flat=True,
    ),
    Scene(
        "#general",
        (
            (
                "mia",
                "*{film}* has {count},000 views since {day}. Well done, all of you.",
                {"reactions": {"tada": "ana ben gil", "heart": "ana"}},
            ),
            ("gil", "The comments are lovely too. Somebody asks for the song, it is “{song}”, right?"),
            ("ana", "It is. I will answer them."),
        ),
    ),
    Scene(
        "#general",
        (
            (
                "ana",
                "{bot} we have {count} minutes of interview and need {minutes}. How do we find the story?",
            ),
            (
                "bot",
                (
                    "**Three passes, each with one question.**\n\n"
                    "1. *What changes?* Mark every sentence in which somebody decides, fails or finds out.\n"
                    "2. *What can be seen?* Keep what you have pictures for; the rest is voice-over at most.\n"
                    "3. *What would be missed?* Take one strand out and watch again. If nobody asks, leave it out.\n\n"
                    "For {minutes} that usually leaves five or six moments."
                ),
                {"reactions": {"+1": "ana"}},
            ),
            ("ana", "That is the order I needed, thank you."),
        ),
    ),
    Scene(
        "#launch-video",
        (
            ("ben", "Version {version} of *{film}* is up, {minutes}. Notes here please.", {"file": "notes"}),
            ("ana", "Opening is {seconds} seconds too long for me, the rest breathes well."),
            ("mia", "Agree with Ana. And the logo comes too early."),
            ("ben", "Both done in the next one.", {"reactions": {"pray": "mia"}}),
        ),
    ),
    Scene(
        "#launch-video",
        (
            ("ana", "We lost {place} for {day}. Any other idea where we could shoot?"),
            ("gil", "My neighbour has a workshop with big windows, I can ask."),
            ("ana", "Please do!", {"reactions": {"eyes": "gil"}}),
            ("gil", "She says yes, from nine to four."),
        ),
    ),
    Scene(
        "#launch-video",
        (
            ("ben", "{bot} suggest five titles for the cut-down of *{film}*, dry and short"),
            (
                "bot",
                (
                    "Five, from calm to cheeky:\n\n"
                    "1. {film}, in short\n2. Done before the coffee\n3. The export that did not wait\n"
                    "4. Less bar, more progress\n5. We also have a long one\n\n"
                    "The second says what it does; I would test it first."
                ),
                {"reactions": {"joy": "ben ana"}},
            ),
            ("mia", "Number two it is."),
        ),
    ),
    Scene(
        "#launch-video",
        (
            ("mia", "First frame for the thumbnail of *{film}*, what do you say?", {"file": "frame"}),
            ("ben", "Warmer, please. It looks like a dentist."),
            ("mia", "Ha. Right.", {"reactions": {"joy": "ben ana gil"}}),
        ),
    ),
    Scene(
        "#launch-video",
        (
            ("gil", "{bot} what does “picture lock” mean, and may I still change subtitles after it?"),
            (
                "bot",
                (
                    "*Picture lock* means that no frame moves any more: sound, colour and subtitles start from there.\n\n"
                    "So yes, subtitles may change after it, as long as they keep their times. What may not change is "
                    "the length of anything, because the mix is made against it."
                ),
            ),
            ("gil", "Clear, thanks!"),
        ),
    ),
    Scene(
        "#launch-video",
        (
            ("ana", "Reminder: releases of everyone who speaks in *{film}* by {day}."),
            ("ben", "Mine are in the folder."),
            ("gil", "Two are missing, I will call them."),
        ),
        flat=True,
    ),
    Scene(
        "#marketing",
        (
            (
                "mia",
                "Numbers for *{film}*: {count}% watched to the end. Best this quarter.",
                {"file": "numbers"},
            ),
            ("ana", "The short opening pays off then."),
        ),
    ),
    Scene(
        "#marketing",
        (
            ("ana", "Copy for {day}: “Made in {minutes}, loved for longer.” Too much?"),
            ("mia", "A bit. “Made in {minutes}.” is enough."),
            ("ana", "Bold. I like it.", {"reactions": {"fire": "mia"}}),
        ),
    ),
    Scene(
        "#edit-room",
        (
            ("ben", "Grade of *{film}* is {seconds}% too green on the left screen, fine on the right."),
            ("ana", "Trust the right one, the left was calibrated in spring."),
        ),
    ),
    Scene(
        "#edit-room",
        (
            ("ana", "“{song}” or something quieter under the interview at {minutes}?"),
            ("ben", "Quieter. He whispers there."),
            ("ana", "Then nothing at all, just the room.", {"reactions": {"100": "ben"}}),
        ),
    ),
    Scene(
        "#edit-room",
        (
            ("ben", "{bot} which order of notes is kinder to the next person: by time or by scene?"),
            (
                "bot",
                (
                    "By time while the cut still moves, by scene once it is locked.\n\n"
                    "| phase | order | why |\n|---|---|---|\n| rough cut | time | they watch with the notes open |\n"
                    "| fine cut | scene | they fix one thing everywhere |\n"
                ),
            ),
            ("ben", "Makes sense."),
        ),
    ),
    Scene(
        "@ana",
        (
            ("ana", "What did we decide about the opening of {film}? I have to write it up."),
            (
                "bot",
                (
                    "From what you gave me: the opening loses {seconds} seconds and the logo moves behind the first "
                    "sentence. Nobody had objections.\n\nShall I write it as a note to the team?"
                ),
            ),
            ("ana", "Yes please, three sentences."),
            (
                "bot",
                (
                    "The opening of *{film}* is {seconds} seconds shorter from the next version on. The logo now follows "
                    "the first sentence. If you see a reason against it, say so by {day}."
                ),
                {"reactions": {"+1": "ana"}},
            ),
        ),
    ),
    Scene(
        "@ben",
        (
            (
                "ben",
                "Shorten this to {seconds} seconds of voice-over: we built it at night because days are loud",
            ),
            (
                "bot",
                "“Built at night. Days are loud.”\n\nThat is about two seconds; the rest can be pictures.",
            ),
        ),
    ),
    Scene(
        "@mia",
        (
            ("mia", "How many shooting days does a film of {minutes} like {film} usually need?"),
            (
                "bot",
                (
                    "Two, if the place is fixed and the interviews are short: one for people, one for hands and details. "
                    "Plan a third morning as reserve rather than a longer second day."
                ),
            ),
        ),
    ),
)
