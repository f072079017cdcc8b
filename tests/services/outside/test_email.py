"""Mail over the wire, to a server in this process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from uuid_utils.compat import uuid7

from services.errors import MailRefused, MailUnavailable
from services.outside import email
from services.outside.email import SmtpAddress, SmtpMailer
from services.ports.alerts import Mail
from tests.fakes.smtp import FakeSmtp, mail_server

MAIL = Mail(uuid7(), "[Showrunner] Open: money", "Grüße: $41.20\n", "<p>Grüße: $41.20</p>")
TO = ("ana@example.com", "ops@example.com")


@pytest.fixture
async def server() -> AsyncIterator[FakeSmtp]:
    async with mail_server(FakeSmtp()) as running:
        yield running


def mailer(server: FakeSmtp, user: str | None = None) -> SmtpMailer:
    return SmtpMailer(SmtpAddress("127.0.0.1", server.port, user, "secret", tls=False), "bot@example.com", TO)


async def test_a_mail_reaches_everybody_as_text_and_html(server: FakeSmtp) -> None:
    await mailer(server).send(MAIL)
    [mail] = server.mails
    assert server.recipients == list(TO)
    assert (mail["Subject"], mail["From"]) == (MAIL.subject, "bot@example.com")
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().strip() == MAIL.text.strip()
    assert html.get_content().strip() == MAIL.html


async def test_recipients_do_not_see_each_other(server: FakeSmtp) -> None:
    await mailer(server).send(MAIL)
    assert "ops@example.com" not in str(server.mails[0])


async def test_sent_again_it_is_the_same_mail(server: FakeSmtp) -> None:
    for _ in range(2):
        await mailer(server).send(MAIL)
    assert {mail["Message-ID"] for mail in server.mails} == {f"<{MAIL.id}@example.com>"}


@pytest.mark.parametrize(
    "subject",
    ["Money\r\nBcc: eve@example.com", "Money\nX: y", "Money\x00\x0b\x85\u2028Bcc: e@x", "M" * 5_000],
)
async def test_a_subject_is_one_header_whatever_it_holds(server: FakeSmtp, subject: str) -> None:
    await mailer(server).send(replace(MAIL, subject=subject))
    [mail] = server.mails
    assert mail["Bcc"] is None
    assert mail["X"] is None
    assert server.recipients == list(TO)
    assert len(mail["Subject"]) <= email.LONGEST_SUBJECT


async def test_a_line_with_a_dot_ends_nothing(server: FakeSmtp) -> None:
    await mailer(server).send(replace(MAIL, text="one\n.\ntwo\n"))
    [mail] = server.mails
    body = mail.get_body(("plain",))
    assert body is not None
    assert "two" in body.get_content()


@pytest.mark.parametrize(
    ("word", "answer", "error"),
    [
        ("MAIL", "451 later", MailUnavailable),
        ("MAIL", "550 never", MailRefused),
        ("RCPT", "550 nobody", MailRefused),
        ("DATA", "452 full", MailUnavailable),
        ("DATA", "554 spam", MailRefused),
    ],
)
async def test_a_refusal_says_whether_again_can_help(
    server: FakeSmtp, word: str, answer: str, error: type[MailUnavailable]
) -> None:
    server.answers[word] = answer
    with pytest.raises(MailUnavailable) as refused:
        await mailer(server).send(MAIL)
    assert type(refused.value) is error
    assert "example.com" not in refused.value.detail


@pytest.mark.parametrize("word", ["EHLO", "MAIL", "DATA"])
async def test_a_server_that_hangs_up_may_answer_later(server: FakeSmtp, word: str) -> None:
    server.cut = word
    with pytest.raises(MailUnavailable) as refused:
        await mailer(server).send(MAIL)
    assert not refused.value.permanent


async def test_a_server_that_says_nothing_is_not_waited_for(
    server: FakeSmtp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(email, "TIMEOUT", 0.05)
    server.silent = True
    with pytest.raises(MailUnavailable):
        await asyncio.wait_for(mailer(server).send(MAIL), 5)


async def test_no_server_may_be_there_later() -> None:
    async with mail_server(FakeSmtp()) as gone:
        pass
    with pytest.raises(MailUnavailable) as refused:
        await mailer(gone).send(MAIL)
    assert not refused.value.permanent


async def test_a_password_is_never_sent_in_the_clear(server: FakeSmtp) -> None:
    server.extensions = ("AUTH PLAIN LOGIN",)
    with pytest.raises(MailUnavailable, match="password was kept back"):
        await mailer(server, user="bot").send(MAIL)
    assert not any(line.startswith("AUTH") for line in server.said)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("smtp://mail.example.com", SmtpAddress("mail.example.com", 587, None, None, tls=False)),
        ("smtps://u:p%40ss@mail.example.com", SmtpAddress("mail.example.com", 465, "u", "p@ss", tls=True)),
        ("smtp://mail.example.com:2525", SmtpAddress("mail.example.com", 2525, None, None, tls=False)),
    ],
)
def test_an_address_is_read(url: str, address: SmtpAddress) -> None:
    assert SmtpAddress.parse(url) == address


@pytest.mark.parametrize("url", ["", "mail.example.com", "http://mail.example.com", "smtp://", "smtp://h:x"])
def test_a_wrong_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"is not an address|Port"):
        SmtpAddress.parse(url)
