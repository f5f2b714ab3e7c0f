"""Who signs in to Google: a service account, a person, or Application Default Credentials.

Looked for in this order:

    1. the setting `service_account` (SHEETS_AGENT_SERVICE_ACCOUNT, config.toml, the caller)
    2. GOOGLE_APPLICATION_CREDENTIALS
    3. the sign-in kept by `sheets-agent auth login` or `sheets-agent auth service-account`
    4. gcloud's Application Default Credentials, or the machine's own account on Google Cloud

Only one scope is ever asked for: spreadsheets. Nothing here prints or logs a secret.

Source: https://developers.google.com/identity/protocols/oauth2 and https://cloud.google.com/docs/authentication.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import google.auth
from google.auth import compute_engine
from google.auth.exceptions import DefaultCredentialsError, GoogleAuthError
from google.oauth2 import service_account
from google.oauth2.credentials import Credentials as UserCredentials
from google_auth_httplib2 import AuthorizedHttp, Request

from sheets_agent.errors import CredentialsError
from sheets_agent.redaction import cause_of, learn
from sheets_agent.settings import Settings, config_dir
from sheets_agent.sheets.http_errors import SCOPE, TRANSPORT_ERRORS, from_auth, from_transport
from sheets_agent.sheets.transport import CarefulHttp

SCOPES = (SCOPE,)
ENVIRONMENT = "GOOGLE_APPLICATION_CREDENTIALS"
KEY_FILE = "service_account_file"
"""The `type` under which the path of a key is kept."""

HOW_TO_SIGN_IN = """Type one of these; the README shows where to get the files:
sheets-agent auth service-account KEY.json        a service account, with which you then share the spreadsheet
sheets-agent auth login --client-secrets FILE     your own account, through the browser"""


@dataclass(frozen=True)
class SignIn:
    """Credentials that were found.

    Attributes:
        source: where they come from, for a person.
        credentials: google-auth's credentials, limited to `SCOPES`.
        account: the e-mail address, where the credentials name one.
        kept: whether they are the ones kept by `sheets-agent auth`.
    """

    source: str
    credentials: Any
    account: str = ""
    kept: bool = False


def find(settings: Settings) -> SignIn | None:
    """The sign-in that would be used, None when there is none. Touches no network.

    Raises:
        CredentialsError: when the first one found is not usable.
    """
    if settings.service_account is not None:
        return from_key(settings.service_account)
    if os.environ.get(ENVIRONMENT):
        return _from_environment(Path(os.environ[ENVIRONMENT]))
    return _kept() or _default()


def sign_in(settings: Settings) -> SignIn:
    """The sign-in to use, its token renewed when it has run out.

    Raises:
        CredentialsError: when there is none, or it is not usable any more.
        SheetsUnreachable: when the token cannot be renewed because the network is down.
    """
    found = find(settings)
    if found is None:
        raise CredentialsError("Nobody is signed in to Google.", HOW_TO_SIGN_IN)
    if found.kept and isinstance(found.credentials, UserCredentials) and not found.credentials.valid:
        renew(found, settings)
        _keep(json.loads(found.credentials.to_json()))  # type: ignore[no-untyped-call]
    return found


def renew(found: SignIn, settings: Settings) -> None:
    """Get a new access token, over the network.

    Raises:
        CredentialsError: when Google gives none.
        SheetsUnreachable: when Google does not answer.
    """
    try:
        found.credentials.refresh(Request(CarefulHttp(timeout=settings.api_timeout)))
    except TRANSPORT_ERRORS as error:
        raise from_transport(error) from cause_of(error)


def authorized_http(found: SignIn, timeout: float) -> AuthorizedHttp:
    """The transport of somebody who is signed in; `timeout` in seconds for one answer."""
    return AuthorizedHttp(found.credentials, http=CarefulHttp(timeout=timeout))


# ------------------------------------------------------------------------------------------------- where to look


def from_key(path: Path) -> SignIn:
    """The service account of a key file.

    Raises:
        CredentialsError: when the file is not there, or is not a service account's key.
    """
    info = _json_file(path, "service account key")
    if info.get("type") != "service_account":
        kind = "an OAuth client, which goes to: sheets-agent auth login --client-secrets" if _is_client(info) else ""
        raise CredentialsError(
            f"{path} is not the key of a service account.",
            f"It is {kind} {path}"
            if kind
            else "Make a key of type JSON at https://console.cloud.google.com/iam-admin.",
        )
    try:
        load = service_account.Credentials.from_service_account_info
        credentials = load(info, scopes=SCOPES)  # type: ignore[no-untyped-call]
    except (ValueError, GoogleAuthError) as error:
        sentence = f"The service account key {path} is incomplete or damaged."
        raise CredentialsError(sentence, "Make and download a new key of type JSON.") from error
    return SignIn(f"the service account key {path}", credentials, str(credentials.service_account_email))


def _is_client(info: dict[str, Any]) -> bool:
    return bool(info.keys() & {"installed", "web"})


def _from_environment(path: Path) -> SignIn:
    source = f"{ENVIRONMENT} ({path})"
    info = _json_file(path, f"file that {ENVIRONMENT} names")
    if info.get("type") == "service_account":
        found = from_key(path)
        return SignIn(source, found.credentials, found.account)
    return SignIn(source, _google_default(), _address(info))


def _kept() -> SignIn | None:
    path = kept_file()
    if not path.exists():
        return None
    info = _json_file(path, "kept sign-in")
    if info.get("type") == KEY_FILE:
        found = from_key(Path(str(info.get("path", ""))))
        return SignIn(found.source, found.credentials, found.account, kept=True)
    try:
        credentials = UserCredentials.from_authorized_user_info(info, list(SCOPES))  # type: ignore[no-untyped-call]
    except (ValueError, TypeError) as error:
        sentence = f"The kept sign-in {path} is damaged."
        raise CredentialsError(sentence, "Type: sheets-agent auth login --client-secrets FILE") from error
    return SignIn(f"your own sign-in, kept in {path}", credentials, _address(info), kept=True)


def _default() -> SignIn | None:
    """The credentials of gcloud, or the account of a machine on Google Cloud.

    google-auth would ask a metadata server that elsewhere does not exist, and wait for it; so it is only asked where
    the hardware says that it is there.
    """
    path = gcloud_file()
    if path.exists():
        return SignIn(f"gcloud's Application Default Credentials ({path})", _google_default())
    if sys.platform == "linux" and compute_engine.detect_gce_residency_linux():  # type: ignore[no-untyped-call]
        return SignIn("the account of this machine on Google Cloud", _google_default())
    return None


def _google_default() -> Any:
    try:
        with warnings.catch_warnings():  # it warns of a missing quota project, which Sheets does not need
            warnings.simplefilter("ignore")
            credentials, _ = google.auth.default(scopes=list(SCOPES))
    except DefaultCredentialsError as error:
        raise from_auth(error) from error
    return credentials


def gcloud_file() -> Path:
    """Where gcloud keeps its Application Default Credentials."""
    folder = os.environ.get("CLOUDSDK_CONFIG")
    if folder:
        home = Path(folder)
    elif sys.platform == "win32":
        home = Path(os.environ.get("APPDATA", "~")).expanduser() / "gcloud"
    else:
        home = Path("~/.config/gcloud").expanduser()
    return home / "application_default_credentials.json"


def _address(info: dict[str, Any]) -> str:
    return str(info.get("client_email") or info.get("account") or "")


def _json_file(path: Path, what: str) -> dict[str, Any]:
    try:
        info = json.loads(path.expanduser().read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CredentialsError(f"The {what} {path} does not exist.", "Type: sheets-agent auth") from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise CredentialsError(
            f"The {what} {path} cannot be read: {reason}.", "Check the file's permissions."
        ) from error
    except ValueError as error:
        raise CredentialsError(f"The {what} {path} is not JSON.", "Download the file again.") from error
    if not isinstance(info, dict):
        raise CredentialsError(f"The {what} {path} does not hold credentials.", "Download the file again.")
    learn(info)
    return info


# ---------------------------------------------------------------------------------------------- keeping a sign-in


def kept_file() -> Path:
    """Where `sheets-agent auth` keeps the sign-in; readable by its owner only."""
    return config_dir() / "google.json"


def login(client_secrets: Path, *, open_browser: bool = True, port: int = 0, seconds: int = 300) -> SignIn:
    """Sign a person in through the browser, and keep the sign-in.

    Args:
        client_secrets: the file of an OAuth client of type “Desktop app”.
        open_browser: whether to open the browser, or only to print the address.
        port: of the loopback address that Google redirects to; 0 takes a free one.
        seconds: how long to wait for the person.

    Raises:
        CredentialsError: when the file is not a desktop client, or the person did not agree.
        SheetsUnreachable: when Google does not answer.
    """
    info = _json_file(client_secrets, "client secrets file")
    if "installed" not in info:
        kind = "of a web application" if "web" in info else "not of an OAuth client"
        raise CredentialsError(
            f"{client_secrets} is {kind}; a client of type “Desktop app” is needed.",
            "Create one at https://console.cloud.google.com/auth/clients and download its JSON.",
        )
    from google_auth_oauthlib.flow import InstalledAppFlow  # brings requests along

    flow = InstalledAppFlow.from_client_config(info, scopes=list(SCOPES))
    credentials = _run_flow(flow, open_browser=open_browser, port=port, seconds=seconds)
    if not credentials.refresh_token:
        raise CredentialsError("Google gave no lasting sign-in.", "Type the same command again and agree to all.")
    _keep(json.loads(credentials.to_json()))
    return SignIn(f"your own sign-in, kept in {kept_file()}", credentials, kept=True)


def _run_flow(flow: Any, *, open_browser: bool, port: int, seconds: int) -> Any:
    import webbrowser

    from google_auth_oauthlib.flow import WSGITimeoutError
    from oauthlib.oauth2 import OAuth2Error  # type: ignore[import-untyped]
    from requests import RequestException

    logging.getLogger("requests_oauthlib").setLevel(logging.INFO)  # at DEBUG it logs codes, secrets and tokens
    if open_browser:
        try:
            webbrowser.get()
        except webbrowser.Error:
            open_browser = False
    try:
        return flow.run_local_server(
            host="127.0.0.1",
            port=port,
            open_browser=open_browser,
            authorization_prompt_message="Open this address in a browser and agree:\n\n{url}\n",
            success_message="You are signed in. You can close this window and go back to the terminal.",
            timeout_seconds=seconds,
            access_type="offline",
            prompt="consent",
        )
    except WSGITimeoutError as error:
        sentence = f"Nobody agreed within {seconds} seconds."
        raise CredentialsError(sentence, "Type the same command again.") from error
    except (OAuth2Error, GoogleAuthError, Warning) as error:  # oauthlib raises a Warning when the scope was changed
        sentence = f"Google did not sign you in: {getattr(error, 'description', '') or error}."
        raise CredentialsError(sentence, "Type the same command again and agree to all.") from error
    except (RequestException, OSError) as error:
        raise from_transport(error if isinstance(error, OSError) else OSError(str(error))) from error


def keep_key(path: Path) -> SignIn:
    """Check a service account's key and remember where it lies. The key itself stays where it is.

    Raises:
        CredentialsError: see `from_key`.
    """
    found = from_key(path)
    _keep({"type": KEY_FILE, "path": str(path.expanduser().resolve())})
    return found


def logout() -> bool:
    """Forget the kept sign-in. Returns whether there was one."""
    path = kept_file()
    existed = path.exists()
    path.unlink(missing_ok=True)
    return existed


def _keep(info: dict[str, Any]) -> None:
    """Write the sign-in so that only its owner can ever read it, and so that a reader never sees half of it."""
    path = kept_file()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".google-")  # made with mode 0600
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(info, file)
        Path(name).replace(path)
    except OSError as error:
        sentence = f"The sign-in cannot be kept in {path}: {error.strerror or error}."
        raise CredentialsError(sentence, "Set SHEETS_AGENT_CONFIG_DIR to a folder you can write to.") from error
