"""Actions from their fields, and single requests out of what they compile to."""

from sheets_agent.actions import by_kind

PLACES = {"Orders": 0, "'Продажи'": 101, "Продажи": 101, "'It''s here'": 102, "'P1'": 103, "P1": 103}


def make(kind, **fields):
    return by_kind(kind).model_validate({"kind": kind, **fields})


def one(requests, kind):
    """The body of the only request of a kind."""
    [body] = [request[kind] for request in requests if kind in request]
    return body
