"""What markers on TagMe see: the forms of its projects, and the brief.

A project's form is fixed, so questions and reviews have a project each. `{{name}}` is replaced by TagMe with the field
of the uploaded task, and what a `name="…"` takes comes back in the column `OUTPUT:name`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sheets_agent.feedback.channel import Asked


@dataclass(frozen=True)
class Form:
    """One project's form: the arguments of the SDK's `MethodForms`, and the brief.

    Attributes:
        title: what the project's name ends with.
        html: the interface.
        js: checks what a marker is about to send.
        example: a task as the form shows it before there is one.
        brief: the marker's instructions, as HTML.
    """

    title: str
    html: str
    js: str
    example: dict[str, str]
    brief: str
    css: str = ".tm-block { width: 90%; white-space: pre-wrap; }"
    specification: dict[str, Any] = field(default_factory=lambda: {"output_schema": {}, "input_schema": {}})
    config: dict[str, Any] = field(default_factory=lambda: {"type": "generation", "input_data_category": "text"})


_SHOWN = """  <tm-title subTitle="{{task}}">{{heading}}</tm-title>
  <tm-text>{{text}}</tm-text>
  <tm-text>{{details}}</tm-text>
"""
_NO_CHECK = "exports.Task = class Task extends exports.Task {};"
_VERDICT_CHECK = """exports.Task = class Task extends exports.Task {
  validate() {
    const chosen = Array.from(document.querySelectorAll('input[type="radio"]')).some(
      (input) => input.checked && ["accept", "revise", "reject"].includes(input.value)
    );
    return chosen || this.validationError("Выберите решение. / Choose a verdict.");
  }
};
"""
_RATINGS = "\n".join(
    f'  <tm-radio name="rating" label="{number}" value="{number}" hotkey="{number}"></tm-radio>'
    for number in range(1, 6)
)

QUESTIONS = Form(
    title="questions",
    html=f"""<tm-block>
{_SHOWN}  <tm-text>{{{{options}}}}</tm-text>
  <tm-input required name="answer" hotkey="0"></tm-input>
</tm-block>
""",
    js=_NO_CHECK,
    example={
        "task": "Посчитай выручку за год",
        "heading": "Вопрос / Question",
        "text": "За какой год?",
        "details": "",
        "options": "1. 2024\n2. 2025",
    },
    brief="""<h3>Ответьте на вопрос</h3>
<p>Агент работает с таблицей и не может решить это сам. Напишите ответ или номер варианта; «-», если не знаете.</p>
<h3>Answer the question</h3>
<p>An agent works on a spreadsheet, and cannot tell this by itself. Write the answer, or the number of an option; “-” if
you do not know.</p>
""",
)
REVIEWS = Form(
    title="reviews",
    html=f"""<tm-block>
{_SHOWN}  <tm-title>Решение / Verdict</tm-title>
  <tm-radio name="verdict" label="Принять / Accept" value="accept" hotkey="q"></tm-radio>
  <tm-radio name="verdict" label="Переделать / Revise" value="revise" hotkey="w"></tm-radio>
  <tm-radio name="verdict" label="Отклонить / Reject" value="reject" hotkey="e"></tm-radio>
  <tm-title>Что не так / What is wrong</tm-title>
  <tm-input name="critique" hotkey="0"></tm-input>
  <tm-title>Как надо, если можете поправить сами / As it should be, if you can mend it</tm-title>
  <tm-input name="edited"></tm-input>
  <tm-title>Оценка / Rating</tm-title>
{_RATINGS}
</tm-block>
""",
    js=_VERDICT_CHECK,
    example={
        "task": "Посчитай выручку по регионам",
        "heading": "План / Plan",
        "text": "1. Создать сводную таблицу на листе «Отчёт»",
        "details": "Новый лист «Отчёт»: 4 ячейки",
    },
    brief="""<h3>Оцените работу агента</h3>
<ol><li>Прочитайте задание и то, что агент сделал или собирается сделать.</li>
<li>Примите, отправьте на доработку или отклоните.</li>
<li>Если что-то не так, напишите, что именно: по этому тексту работа будет исправлена.</li></ol>
<h3>Judge the agent's work</h3>
<ol><li>Read the task, and what the agent did or is about to do.</li>
<li>Accept it, send it back, or reject it.</li>
<li>Where something is wrong, say what: the work is mended by what you write.</li></ol>
""",
)
_HEADINGS = {
    "question": "Вопрос / Question",
    "description": "Описание таблицы / Description",
    "plan": "План / Plan",
    "result": "Результат / Result",
}


def form_for(asked: Asked) -> Form:
    """The form of the project that it belongs to."""
    return QUESTIONS if asked.kind == "question" else REVIEWS


def task_data(asked: Asked) -> dict[str, str]:
    """The fields of its form."""
    data = {"task": asked.task, "heading": _HEADINGS[asked.kind], "text": asked.text}
    data["details"] = "\n".join(part for part in (asked.cell, asked.details) if part)
    if asked.kind == "question":
        data["options"] = "\n".join(f"{number}. {option}" for number, option in enumerate(asked.options, 1))
    return data
