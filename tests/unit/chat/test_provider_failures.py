"""Every provider's exceptions in our own words; bugs stay bugs."""

from __future__ import annotations

import ssl

import httpx
import openai
import pytest
from gigachat.exceptions import ResponseError

from sheets_agent.chat.failures import diagnose
from sheets_agent.chat.providers import GIGACHAT, OPENAI
from sheets_agent.errors import ModelUnreachable, NoModel

REQUEST = httpx.Request("POST", "https://api.example.com/v1/chat/completions")


def untrusted() -> httpx.ConnectError:
    try:
        try:
            raise ssl.SSLCertVerificationError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed certificate in chain")
        except ssl.SSLError as error:
            raise httpx.ConnectError(str(error)) from error
    except httpx.ConnectError as error:
        return error


def test_an_untrusted_certificate_names_gigachats_root_and_is_not_tried_again() -> None:
    failure = diagnose(untrusted(), GIGACHAT, "gigachat:GigaChat-2-Max")
    assert failure is not None
    assert not failure.transient
    assert "certificate" in str(failure.error)
    assert "Russian Trusted Root CA" in failure.error.hint
    assert "GIGACHAT_CA_BUNDLE_FILE" in failure.error.hint
    other = diagnose(untrusted(), OPENAI, "openai:gpt-5")
    assert other is not None
    assert "Russian" not in other.error.hint


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (400, b'{"code": 7, "message": "scope from db not fully includes consumed scope"}', NoModel, "scope from db"),
        (401, b'{"code": 6, "message": "credentials doesn\'t match db data"}', NoModel, "match db data"),
        (500, b"<html>oops</html>", ModelUnreachable, "(500)"),
    ],
)
def test_gigachats_sign_in(status: int, body: bytes, kind: type[Exception], words: str) -> None:
    error = ResponseError("https://ngw.devices.sberbank.ru:9443/api/v2/oauth", status, body, None)
    failure = diagnose(error, GIGACHAT, "gigachat:GigaChat-2-Max")
    assert failure is not None
    assert type(failure.error) is kind
    assert words in str(failure.error)
    if kind is NoModel:
        assert "GIGACHAT_SCOPE" in failure.error.hint


def test_a_used_up_quota_is_not_waited_for() -> None:
    body = {"message": "You exceeded your current quota", "code": "insufficient_quota"}
    response = httpx.Response(429, request=REQUEST, json={"error": body})
    failure = diagnose(openai.RateLimitError("429", response=response, body=body), OPENAI, "openai:gpt-5")  # type: ignore[arg-type]
    assert failure is not None
    assert not failure.transient
    assert "balance" in str(failure.error)


def test_a_request_that_is_too_long() -> None:
    body = {"message": "This model's maximum context length is 8192 tokens", "code": "context_length_exceeded"}
    response = httpx.Response(400, request=REQUEST, json={"error": body})
    failure = diagnose(openai.BadRequestError("400", response=response, body=body), OPENAI, "openai:gpt-5")  # type: ignore[arg-type]
    assert failure is not None
    assert not failure.request_refused, "another form of the request would be no shorter"
    assert "too long" in str(failure.error)


@pytest.mark.parametrize("header", ["soon", "Wed, 21 Oct 2026 07:28:00 GMT", "-5"])
def test_odd_waits_are_survived(header: str) -> None:
    error = ResponseError("https://api.giga.chat/v1", 429, b"", httpx.Headers({"Retry-After": header}))
    failure = diagnose(error, GIGACHAT, "gigachat")
    assert failure is not None
    assert failure.transient
    assert failure.wait in (None, 0.0)


@pytest.mark.parametrize("bug", [KeyError("role"), ValueError("GigaChat API does not support"), RecursionError()])
def test_our_own_mistakes_are_not_blamed_on_the_provider(bug: Exception) -> None:
    assert diagnose(bug, GIGACHAT, "gigachat") is None
