"""The control API of a server, about one world: what AWS has no operation for."""

import datetime
import http.client
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from .errors import ControlError, Unreachable

__tracebackhide__ = True

# An advance over days of traffic takes its time; no other call comes near it.
LONGEST_SECS = 600


class Control:
    """Asks about the world `account` in `region`. Goes past every proxy: the server is this machine's as a rule."""

    def __init__(self, url: str, account: str, region: str, token: str | None = None) -> None:
        self.url, self.account, self.region = url, account, region
        self._authorization = {"Authorization": f"Bearer {token}"} if token else {}

    def ask(self, method: str, *path: str, body: object = None, **query: Any) -> Any:
        """The JSON that `method` of that path answers; `path` are its parts, `body` becomes JSON."""
        text = None if body is None else json.dumps(body, default=_spelled)
        return json.loads(self.ask_text(method, *path, text=text, **query))

    def ask_text(
        self, method: str, *path: str, text: str | None = None, content_type: str = "application/json", **query: Any
    ) -> str:
        """The same with texts as they are."""
        headers = self._authorization | ({} if text is None else {"Content-Type": content_type})
        world = {"account": self.account, "region": self.region}
        target = "/_sagebrush/" + "/".join(quote(part, safe="") for part in path) + "?" + urlencode(world | query)
        status, answer = self._exchange(method, target, None if text is None else text.encode(), headers)
        if status >= 300:
            raise ControlError(status, _sentence(answer))
        return answer

    def _exchange(self, method: str, target: str, body: bytes | None, headers: Mapping[str, str]) -> tuple[int, str]:
        place = urlsplit(self.url)
        secure = place.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        connection = kind(place.hostname or "", place.port, timeout=LONGEST_SECS)
        try:
            connection.request(method, target, body, dict(headers))
            answer = connection.getresponse()
            return answer.status, answer.read().decode(errors="replace")
        except (OSError, http.client.HTTPException) as error:
            raise Unreachable(f"No server answers at {self.url}: {error}.") from None
        finally:
            connection.close()


def _spelled(value: object) -> str:
    """JSON for what it has no form of: a time, as the API spells it."""
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    raise TypeError(f"{value!r} has no form in JSON.")


def _sentence(answer: str) -> str:
    """What a refusal says; all of it where it is not the server's own form."""
    try:
        return str(json.loads(answer)["error"])
    except (ValueError, KeyError, TypeError):
        return answer
