"""The way to Label Studio: the address, the two kinds of tokens, and what refusals mean to a person."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, TypeVar

import httpx
from pydantic import TypeAdapter, ValidationError

from sheets_agent.errors import FeedbackError, UsageError
from sheets_agent.feedback.label_studio.wire import Access, Shape, Told
from sheets_agent.redaction import cause_of, learn, redacted

ADDRESS = "LABEL_STUDIO_URL"
TOKEN = "LABEL_STUDIO_API_KEY"
_LONGEST = 300
"""Characters of the server's own words in a message."""
_HINT = f"Look at {ADDRESS} and {TOKEN}."
_ADDRESS_HINT = f"Set {ADDRESS} to an address such as https://labels.example.com."

ShapeT = TypeVar("ShapeT", bound=Shape)


class Connection:
    """Sends requests, and knows who asks. Safe to use from several threads.

    Args:
        address: where Label Studio is; it may have a path.
        token: a legacy token, or a personal access token, which is exchanged for short-lived ones.
        timeout: seconds for one answer.

    Raises:
        UsageError: the address or the token cannot be one.
    """

    def __init__(self, address: str, token: str, timeout: float) -> None:
        self.address = _checked_address(address)
        auth = _auth(token.strip(), self.address)
        self._http = httpx.Client(
            base_url=self.address,
            auth=auth,
            timeout=timeout,
            headers={"Accept": "application/json"},
            limits=httpx.Limits(max_keepalive_connections=0),  # looks are minutes apart; so there is nothing to close
        )

    def call(self, method: str, path: str, about: str, **options: Any) -> httpx.Response:
        """Send a request.

        Args:
            method: of HTTP.
            path: below the address, without the first slash.
            about: what it is about, as in a message: `project 12`.
            **options: the ones of `httpx.Client.request`.

        Raises:
            FeedbackError: the server refuses, or cannot be reached.
        """
        answer = self.call_if_there(method, path, about, **options)
        if answer is None:
            raise FeedbackError(f"Label Studio at {self.address} has not got {about}.", _HINT)
        return answer

    def call_if_there(self, method: str, path: str, about: str, **options: Any) -> httpx.Response | None:
        """The same; None when the server has not got what it is about."""
        try:
            answer = self._http.request(method, path, **options)
        except httpx.TimeoutException as error:
            raise FeedbackError(f"Label Studio at {self.address} does not answer in time.", _HINT) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            sentence = f"Label Studio at {self.address} cannot be reached: {redacted(str(error)).rstrip('.')}."
            raise FeedbackError(sentence, _HINT) from cause_of(error)
        if answer.status_code != httpx.codes.NOT_FOUND:
            return checked(answer, self.address, about)
        read(Told, answer)  # else it is the page of a proxy, or of another site
        return None


def checked(answer: httpx.Response, address: str, about: str) -> httpx.Response:
    """The answer, unless it is a refusal.

    Raises:
        FeedbackError: it is one.
    """
    if answer.is_success:
        return answer
    status, said = answer.status_code, _said(answer)
    if status == httpx.codes.UNAUTHORIZED:
        raise FeedbackError(f"Label Studio at {address} does not accept the token{said}", f"Set {TOKEN} anew.")
    if answer.is_redirect:
        where = redacted(answer.headers.get("Location", ""))
        raise FeedbackError(f"Label Studio at {address} sends on to {where}", f"Correct {ADDRESS}.")
    if status == httpx.codes.FORBIDDEN:
        raise FeedbackError(f"Label Studio does not allow this for {about}{said}", "Use the token of another account.")
    if status < httpx.codes.INTERNAL_SERVER_ERROR:
        raise FeedbackError(f"Label Studio refuses this for {about} ({status}){said}")
    raise FeedbackError(f"Label Studio at {address} fails ({status}){said}", "Try again later.")


def read(shape: type[ShapeT], answer: httpx.Response) -> ShapeT:
    """What the server answered.

    Raises:
        FeedbackError: it is something else.
    """
    try:
        return TypeAdapter(shape).validate_json(answer.content)
    except ValidationError:
        where = f"{answer.request.method} {answer.request.url.path}"
        raise FeedbackError(f"What answers {where} does not speak as Label Studio does.", _HINT) from None


class _Legacy(httpx.Auth):
    """A token that is sent as it is."""

    def __init__(self, token: str) -> None:
        self._header = f"Token {token}"

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = self._header
        yield request


class _Personal(httpx.Auth):
    """A personal access token: exchanged for one that holds for minutes, and again when that has expired."""

    requires_response_body = True

    def __init__(self, token: str, address: str) -> None:
        self._token = token
        self._address = address
        self._access = ""

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if self._access:
            request.headers["Authorization"] = f"Bearer {self._access}"
            answer = yield request
            if answer.status_code != httpx.codes.UNAUTHORIZED:
                return
        url, body = f"{self._address}/api/token/refresh/", {"refresh": self._token}
        exchanged = yield httpx.Request("POST", url, json=body, extensions=request.extensions)  # with its time-out
        self._access = read(Access, checked(exchanged, self._address, "the token")).access
        request.headers["Authorization"] = f"Bearer {self._access}"
        yield request


def _auth(token: str, address: str) -> httpx.Auth:
    if not token.isascii() or not token.isprintable() or not token or " " in token:
        raise UsageError("The token for Label Studio has characters that no token has.", f"Set {TOKEN} anew.")
    learn({"token": token})
    return _Personal(token, address) if token.count(".") == 2 else _Legacy(token)


def _checked_address(address: str) -> str:
    try:
        url = httpx.URL(address)
    except httpx.InvalidURL as error:
        raise UsageError(f"“{redacted(address)}” is no address of Label Studio.", _ADDRESS_HINT) from cause_of(error)
    if url.scheme not in ("http", "https") or not url.host or url.userinfo or url.query or url.fragment:
        raise UsageError(f"“{redacted(address)}” is no address of Label Studio.", _ADDRESS_HINT)
    return address.rstrip("/")


def _said(answer: httpx.Response) -> str:
    """How a sentence ends: with the server's own words, less the task that it may repeat, or with a full stop."""
    try:
        told = TypeAdapter(Told).validate_json(answer.content)
    except ValidationError:
        return "."
    lists = (*told.validation_errors.values(), told.label_config)
    reasons = [reason.partition(" :: ")[0].strip() for each in lists for reason in each if isinstance(reason, str)]
    text = redacted(" ".join(("; ".join(reasons) or told.detail).split()))
    return f": {text[:_LONGEST].rstrip(' .')}." if text else "."
