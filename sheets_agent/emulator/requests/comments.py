"""Requests about comments: threads of posts that hang on a cell.

A thread is the spreadsheet's; its sheet holds the anchor, which follows its cell. Reads show them only when asked to
(`commentsViewMode`).

Source: the CommentThread, CommentAnchor and Post messages of the v4 discovery document (revision of 2026).
"""

from __future__ import annotations

import html
import string
from datetime import UTC

from sheets_agent.a1 import GridRange
from sheets_agent.emulator.errors import Refusal
from sheets_agent.emulator.requests.filters import text_of
from sheets_agent.emulator.requests.lookup import coordinate, every, put
from sheets_agent.emulator.workbook import JSON, Workbook

_MOST_BYTES = 2048
_STATUS_AFTER = {"RESOLVE": "RESOLVED", "REOPEN": "OPEN"}
_AUTHOR: JSON = {"displayName": "owner@example.com", "me": True, "user": "users/1"}


def insertComment(workbook: Workbook, request: JSON) -> JSON:
    """Start a thread on a cell."""
    content = _checked(request.get("content"), "content")
    assignee = _checked(request.get("assigneeEmailAddress"), "assigneeEmailAddress", needed=False)
    sheet, row, column = coordinate(workbook, request.get("coordinate"))
    anchor = {
        "anchorId": _identifier(workbook, {item["anchorId"] for _, item in every(workbook, "commentAnchors")}),
        "range": GridRange(sheet.sheet_id, row, row + 1, column, column + 1).to_api(),
    }
    quote = text_of(workbook, sheet, row, column)
    thread = {
        "commentId": _identifier(workbook, {item["commentId"] for item in workbook.comments}),
        "anchorId": anchor["anchorId"],
        "headPost": _post(workbook, content, {"assigneeEmail": assignee} if assignee else {}),
        **({"plainTextQuote": quote} if quote else {}),
        "status": "OPEN",
    }
    put(sheet, "commentAnchors", [*sheet.list("commentAnchors"), anchor])
    workbook.comments = [*workbook.comments, thread]
    return {"commentThread": thread}


def addCommentReply(workbook: Workbook, request: JSON) -> JSON:
    """Answer in a thread, or resolve or reopen it."""
    thread = _thread(workbook, request)
    given = request.get("post", {})
    action = given.get("commentAction")
    assignee = _checked(given.get("assigneeEmail"), "assigneeEmail", needed=False)
    if assignee and (action in _STATUS_AFTER or "assigneeEmail" not in thread["headPost"]):
        raise Refusal("A reply can assign only a thread that has an assignee, and not while it resolves or reopens it.")
    content = _checked(given.get("content"), "post.content", needed=action not in _STATUS_AFTER)
    extra = {"commentAction": action} if action in _STATUS_AFTER else {}
    post = _post(workbook, content, {**extra, **({"assigneeEmail": assignee} if assignee else {})})
    status = _STATUS_AFTER.get(str(action), thread["status"])
    _swap(workbook, thread, {**thread, "replies": [*thread.get("replies", []), post], "status": status})
    return {"post": post}


def updateCommentPost(workbook: Workbook, request: JSON) -> JSON:
    """Change the text of a post."""
    thread, post = _with_post(workbook, request)
    content = _checked(request.get("content"), "content")
    if post.get("deleted"):
        raise Refusal(f"The post {post['postId']} is deleted.")
    new = {**post, "content": content, "contentHtml": html.escape(content), "updateTime": _now(workbook)}
    _swap(workbook, thread, _replaced(thread, post, new))
    return {}


def deleteComment(workbook: Workbook, request: JSON) -> JSON:
    """Remove a thread with its anchor."""
    thread = _thread(workbook, request)
    workbook.comments = [item for item in workbook.comments if item is not thread]
    for sheet in workbook.sheets:
        anchors = sheet.list("commentAnchors")
        if any(anchor["anchorId"] == thread["anchorId"] for anchor in anchors):
            put(sheet, "commentAnchors", [item for item in anchors if item["anchorId"] != thread["anchorId"]])
    return {}


def deleteCommentReply(workbook: Workbook, request: JSON) -> JSON:
    """Empty a reply; that there was one still shows."""
    thread, post = _with_post(workbook, request)
    if post is thread["headPost"]:
        raise Refusal("The first post of a thread is not a reply. Delete the comment.")
    gone = {"postId": post["postId"], "createTime": post["createTime"], "updateTime": _now(workbook), "deleted": True}
    _swap(workbook, thread, _replaced(thread, post, gone))
    return {}


def _checked(text: str | None, field: str, *, needed: bool = True) -> str:
    if needed and not text:
        raise Refusal(f"{field} cannot be empty.")
    if text and len(text.encode()) > _MOST_BYTES:
        raise Refusal(f"{field} cannot exceed {_MOST_BYTES} UTF-8 code units.")
    return text or ""


def _post(workbook: Workbook, content: str, extra: JSON) -> JSON:
    taken = {post["postId"] for thread in workbook.comments for post in _posts(thread)}
    now = _now(workbook)
    written = {"content": content, "contentHtml": html.escape(content)} if content else {}
    return {
        "postId": _identifier(workbook, taken),
        "author": _AUTHOR,
        **written,
        "createTime": now,
        "updateTime": now,
        **extra,
    }


def _posts(thread: JSON) -> list[JSON]:
    return [thread["headPost"], *thread.get("replies", [])]


def _thread(workbook: Workbook, request: JSON) -> JSON:
    identifier = request.get("commentId", "")
    for thread in workbook.comments:
        if thread["commentId"] == identifier:
            return thread
    raise Refusal(f"No comment with id: {identifier}")


def _with_post(workbook: Workbook, request: JSON) -> tuple[JSON, JSON]:
    thread, identifier = _thread(workbook, request), request.get("postId", "")
    for post in _posts(thread):
        if post["postId"] == identifier:
            return thread, post
    raise Refusal(f"No post with id: {identifier}")


def _replaced(thread: JSON, old: JSON, new: JSON) -> JSON:
    if thread["headPost"] is old:
        return {**thread, "headPost": new}
    return {**thread, "replies": [new if post is old else post for post in thread["replies"]]}


def _swap(workbook: Workbook, old: JSON, new: JSON) -> None:
    workbook.comments = [new if thread is old else thread for thread in workbook.comments]


def _identifier(workbook: Workbook, taken: set[str]) -> str:
    """An id in the form of those of Drive's comments."""
    while (candidate := "AAAB" + "".join(workbook.random.choices(string.ascii_letters + string.digits, k=7))) in taken:
        pass
    return candidate


def _now(workbook: Workbook) -> str:
    return workbook.clock().astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
