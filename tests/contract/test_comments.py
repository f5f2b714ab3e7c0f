"""Comments: threads on cells, with replies, shown when asked for."""

import json

import pytest

from sheets_agent.emulator.files import save_file


def insert(spreadsheet, content="Why?", row=0, column=0, **extra):
    coordinate = {"sheetId": 0, "rowIndex": row, "columnIndex": column}
    answer = spreadsheet.batch({"insertComment": {"content": content, "coordinate": coordinate, **extra}})
    assert answer["commentUpdateState"] == "ALL_SAVED"
    return answer["replies"][0]["insertComment"]["commentThread"]


def shown(spreadsheet):
    return spreadsheet.get(commentsViewMode="COMMENTS_VIEW_MODE_INCLUDED")


def test_a_comment_hangs_on_its_cell_and_quotes_it(spreadsheet):
    spreadsheet.write("B2", [[12.5]])
    thread = insert(spreadsheet, "a < b", 1, 1)
    assert (thread["status"], thread["plainTextQuote"]) == ("OPEN", "12.5")
    assert (thread["headPost"]["content"], thread["headPost"]["contentHtml"]) == ("a < b", "a &lt; b")
    read = shown(spreadsheet)
    assert read["comments"] == [thread]
    assert read["commentsViewMode"] == "COMMENTS_VIEW_MODE_INCLUDED"
    [anchor] = read["sheets"][0]["commentAnchors"]
    assert anchor["anchorId"] == thread["anchorId"]
    assert (anchor["range"]["startRowIndex"], anchor["range"]["startColumnIndex"]) == (1, 1)


@pytest.mark.parametrize("mode", [None, "COMMENTS_VIEW_MODE_OMITTED"])
def test_comments_stay_out_unless_asked_for(spreadsheet, mode):
    insert(spreadsheet)
    read = spreadsheet.get(commentsViewMode=mode)
    assert not {"comments", "commentsViewMode"} & read.keys()
    assert "commentAnchors" not in read["sheets"][0]


def test_the_batch_itself_shows_them_when_asked(spreadsheet):
    request = {"insertComment": {"content": "x", "coordinate": {"sheetId": 0}}}
    answer = spreadsheet.batch(
        request, includeSpreadsheetInResponse=True, commentsViewMode="COMMENTS_VIEW_MODE_INCLUDED"
    )
    assert answer["updatedSpreadsheet"]["comments"][0]["headPost"]["content"] == "x"


def test_replies_answer_resolve_and_reopen(spreadsheet):
    identifier = insert(spreadsheet)["commentId"]

    def reply(**post):
        answer = spreadsheet.batch({"addCommentReply": {"commentId": identifier, "post": post}})
        return answer["replies"][0]["addCommentReply"]["post"]

    said = reply(content="Because.")
    reply(commentAction="RESOLVE")
    [thread] = shown(spreadsheet)["comments"]
    assert thread["status"] == "RESOLVED"
    reply(content="Still?", commentAction="REOPEN")
    spreadsheet.batch(
        {"updateCommentPost": {"commentId": identifier, "postId": said["postId"], "content": "No reason."}}
    )
    [thread] = shown(spreadsheet)["comments"]
    assert thread["status"] == "OPEN"
    assert [post.get("content") for post in thread["replies"]] == ["No reason.", None, "Still?"]
    spreadsheet.batch({"deleteCommentReply": {"commentId": identifier, "postId": said["postId"]}})
    [thread] = shown(spreadsheet)["comments"]
    assert thread["replies"][0]["deleted"] is True
    assert "content" not in thread["replies"][0]
    spreadsheet.batch({"deleteComment": {"commentId": identifier}})
    assert "comments" not in shown(spreadsheet)
    assert "commentAnchors" not in shown(spreadsheet)["sheets"][0]


def test_a_comment_follows_its_cell_and_outlives_it(spreadsheet):
    insert(spreadsheet, row=2)
    rows = {"sheetId": 0, "dimension": "ROWS"}
    spreadsheet.batch({"insertDimension": {"range": {**rows, "startIndex": 0, "endIndex": 2}}})
    assert shown(spreadsheet)["sheets"][0]["commentAnchors"][0]["range"]["startRowIndex"] == 4
    spreadsheet.batch({"deleteDimension": {"range": {**rows, "startIndex": 4, "endIndex": 5}}})
    assert "commentAnchors" not in shown(spreadsheet)["sheets"][0]
    assert len(shown(spreadsheet)["comments"]) == 1


def test_a_copy_of_a_sheet_has_no_comments(spreadsheet):
    insert(spreadsheet)
    spreadsheet.batch({"duplicateSheet": {"sourceSheetId": 0, "newSheetId": 5, "insertSheetIndex": 1}})
    assert "commentAnchors" not in shown(spreadsheet)["sheets"][1]


@pytest.mark.parametrize(
    ("request_body", "said"),
    [
        ({"insertComment": {"content": "", "coordinate": {}}}, "content cannot be empty."),
        ({"insertComment": {"content": "й" * 1025, "coordinate": {}}}, "content cannot exceed 2048 UTF-8 code units."),
        ({"deleteComment": {"commentId": "x"}}, "No comment with id: x"),
        ({"addCommentReply": {"commentId": "x", "post": {"content": "y"}}}, "No comment with id: x"),
    ],
)
def test_what_is_wrong_with_a_comment_is_said(spreadsheet, refused, request_body, said):
    [kind] = request_body
    assert refused(lambda: spreadsheet.batch(request_body))["message"] == f"Invalid requests[0].{kind}: {said}"


def test_only_an_assigned_thread_is_assigned_on(spreadsheet, refused):
    post = {"content": "Yours", "assigneeEmail": "b@example.com"}
    plain = insert(spreadsheet)["commentId"]
    assert refused(lambda: spreadsheet.batch({"addCommentReply": {"commentId": plain, "post": post}}))["code"] == 400
    assigned = insert(spreadsheet, assigneeEmailAddress="a@example.com")["commentId"]
    spreadsheet.batch({"addCommentReply": {"commentId": assigned, "post": post}})


def test_drive_lists_the_comments(spreadsheet, emulator):
    thread = insert(spreadsheet, "Why?")
    status, _, body = emulator.handle("GET", f"/drive/v3/files/{spreadsheet.id}/comments?fields=*", {}, b"")
    assert status == 200
    [comment] = json.loads(body)["comments"]
    assert (comment["id"], comment["content"], comment["replies"]) == (thread["commentId"], "Why?", [])


def test_saving_says_that_a_file_holds_no_threads(spreadsheet, emulator, tmp_path):
    insert(spreadsheet)
    losses = save_file(emulator.workbook(spreadsheet.id), tmp_path / "out.xlsx")
    assert any("comment thread is left out" in loss for loss in losses)
