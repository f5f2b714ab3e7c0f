"""What annotators see: the labelling configurations of the three modes, and what a custom one must have.

    feedback    questions and reviews of runs that wait for people
    prompt      calls of a model, for the record: the prompt and the response as text
    chat        the same, the prompt as a conversation

A control is known by its name, in a custom configuration too:

    choice      Choices that come with the task (`value="$choices"`): the options of a question; accept, revise, reject
    verdict     Choices: accept, revise, reject
    answer      TextArea: an answer to a question in a person's own words; ? is “I don't know”
    critique    TextArea: what is wrong
    edited      TextArea: the response as it should be
    rating      Rating: 1 to 5

Texts are shown as plain texts: what stands in a spreadsheet is never markup or an address that is loaded.
Source: https://labelstud.io/tags/. The Chat tag belongs to the Enterprise edition; Paragraphs are in both.
"""

from __future__ import annotations

from typing import Literal, get_args

from sheets_agent.errors import FeedbackError
from sheets_agent.feedback.channel import AskedKind, Verdict
from sheets_agent.feedback.label_studio.wire import Project

Mode = Literal["feedback", "prompt", "chat"]

VERDICTS: tuple[Verdict, ...] = get_args(Verdict)

CONTROLS = {
    "choice": "Choices",
    "verdict": "Choices",
    "answer": "TextArea",
    "critique": "TextArea",
    "edited": "TextArea",
    "rating": "Rating",
}
"""The tags of the controls by their names."""
_NEEDED: dict[AskedKind, tuple[str, str]] = {
    "question": ("choice", "answer"),
    "description": ("choice", "verdict"),
    "plan": ("choice", "verdict"),
    "result": ("choice", "verdict"),
}
"""One of the two must be there for an answer to what is asked."""

_JUDGED = """
  <Header value="Rating" size="5"/>
  <Rating name="rating" toName="response" maxRating="5"/>
  <Header value="Verdict" size="5"/>
  <Choices name="verdict" toName="response" choice="single-radio" showInline="true" required="true">
    <Choice value="accept"/>
    <Choice value="revise"/>
    <Choice value="reject"/>
  </Choices>
  <Header value="What is wrong (press Add when it is written)" size="5"/>
  <TextArea name="critique" toName="response" rows="2" maxSubmissions="1" editable="true"/>
  <Header value="The response as it should be (press Add)" size="5"/>
  <TextArea name="edited" toName="response" value="$response" rows="8" maxSubmissions="1" editable="true"/>
</View>"""

CONFIGS: dict[Mode, str] = {
    "feedback": """<View>
  <Header value="$title" size="4"/>
  <Text name="task" value="$task" valueType="text"/>
  <Header value="$subject" size="5"/>
  <Text name="text" value="$text" valueType="text"/>
  <Text name="details" value="$details" valueType="text"/>
  <Header value="Your choice" size="5"/>
  <Choices name="choice" toName="text" value="$choices" choice="single-radio"/>
  <Header value="In your own words, then Add: the answer (? is: I don't know), or what is wrong" size="5"/>
  <TextArea name="answer" toName="text" rows="3" maxSubmissions="1" editable="true"/>
  <Header value="Of a review: the text as it should be, then Add; and how good it is" size="5"/>
  <TextArea name="edited" toName="text" rows="3" maxSubmissions="1" editable="true"/>
  <Rating name="rating" toName="text" maxRating="5"/>
</View>""",
    "prompt": """<View>
  <Header value="$title" size="4"/>
  <Header value="Prompt" size="5"/>
  <Text name="prompt" value="$prompt" valueType="text"/>
  <Header value="Response" size="5"/>
  <Text name="response" value="$response" valueType="text"/>"""
    + _JUDGED,
    "chat": """<View>
  <Header value="$title" size="4"/>
  <Paragraphs name="messages" value="$messages" valueType="json" layout="dialogue" nameKey="role" textKey="content"/>
  <Header value="Response" size="5"/>
  <Text name="response" value="$response" valueType="text"/>"""
    + _JUDGED,
}
"""The labelling configurations by mode."""


def check_controls(project: Project) -> None:
    """Find out whether what people do in a project can be read.

    Raises:
        FeedbackError: a control has a name from the list above and is something else.
    """
    for name, control in project.parsed_label_config.items():
        if control.type != CONTROLS.get(name, control.type):
            raise _unfit(project, f"“{name}” is {control.type} and has to be {CONTROLS[name]}")
        if name == "choice" and not control.dynamic_labels:
            raise _unfit(project, 'the choices of “choice” have to come with the task: value="$choices"')
        if name == "verdict" and not {label.casefold() for label in control.labels} <= set(VERDICTS):
            raise _unfit(project, f"“verdict” has other choices than {', '.join(VERDICTS)}")


def check_asks(project: Project, kind: AskedKind) -> None:
    """Find out whether something can be asked in a project.

    Raises:
        FeedbackError: no control is there to answer with.
    """
    if not set(_NEEDED[kind]) & project.parsed_label_config.keys():
        missing = " or ".join(f"“{name}”" for name in _NEEDED[kind])
        raise _unfit(project, f"a {kind} needs a control {missing}")


def _unfit(project: Project, why: str) -> FeedbackError:
    sentence = f"The labelling configuration of project {project.id} in Label Studio does not fit: {why}."
    return FeedbackError(sentence, "Change it, or name a project that is not there: it is made with one that fits.")
