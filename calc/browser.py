"""The only door into calc: a JSON request in, a JSON response out, in CPython and in Pyodide."""

import json
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NoReturn

from calc.codec import exact, from_json
from calc.messages import Catalogue
from calc.plan import estimate
from calc.report import problem_text, render, summary
from calc.result import FullAward, Result, Row, Step, Value
from calc.rules import Lang, SchemeRules, Text

if TYPE_CHECKING:
    from calc.export import Page

VERSION = 1
MOST_CHARACTERS = 4_000_000
"""The length of a request: a hundred times that of the largest real one, which is a `load`."""
MOST_LEVELS = 50
"""The levels of objects and lists in a request: real rules have 10. In the browser, `json.loads`
ends the whole of Python at some thousands."""
# The number of alternatives in a comparison.
_COMPARED = 2

# Rules and messages from `load`: they are sent once, answers at every key press.
_schemes: dict[str, SchemeRules] = {}
_catalogues: dict[str, Catalogue] = {}


class BadRequest(ValueError):
    """A request that breaks the contract; the text is for developers."""


def handle(request: str) -> str:
    """Answer one request of the calculator contract. Never raises.

    `load` takes `scheme` (rules as made by `codec.to_json`), `lang` and `messages` (codes to
    texts), and answers `{"v": 1, "status": "loaded"}`. `estimate` takes `scheme` (slug), `lang`
    and `answers` (name to string or number), and answers with status, fields to show, problems,
    missing answers, plan, totals, steps (kroner as integers, shares in per cent), and the result
    as HTML. `csv` and `workbook` take `page` (address, date, version) too, and answer with `name`
    and `text` or `base64`, all null where there is no plan. `compare` takes two `alternatives`
    (name and answers), and answers with `html` and `summary`. A request that breaks the contract,
    or is longer or deeper than its limits, gives status `bad_request` with `message`. Every
    response can be encoded as UTF-8.
    """
    try:
        _check_size(request)
        answer = _dump(_answer(json.loads(request, parse_float=exact, parse_constant=_refuse)))
        answer.encode()  # refuses halves of characters, which no page or file can hold
        return answer
    except Exception as error:  # the page must get an answer to every request
        message = f"{type(error).__name__}: {error}"[:300].encode(errors="replace").decode()
        return _dump({"v": VERSION, "status": "bad_request", "message": message})


# Texts, and the brackets outside them. A text without an end goes on to the end of the request.
_MARKS = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)


def _check_size(request: str) -> None:
    if len(request) > MOST_CHARACTERS:
        raise BadRequest(f"the request is too long, expected at most {MOST_CHARACTERS} characters")
    level = 0
    for mark in _MARKS.finditer(request):
        level += (mark[0] in "[{") - (mark[0] in "]}")
        if level > MOST_LEVELS:
            raise BadRequest(f"the request is nested too deep, expected {MOST_LEVELS} levels")


def _refuse(literal: str) -> NoReturn:
    raise BadRequest(f"{literal} is not a number")


def _answer(request: Any) -> dict[str, Any]:
    if not isinstance(request, dict) or request.get("v") != VERSION:
        raise BadRequest(f"expected an object with v = {VERSION}")
    lang: Lang = "nn" if request.get("lang") == "nn" else "nb"
    op = request.get("op")
    if op == "load":
        scheme = from_json(SchemeRules, request["scheme"])
        _schemes[scheme.slug] = scheme
        _catalogues[lang] = Catalogue(lang, request["messages"])
        return {"v": VERSION, "status": "loaded"}
    if not isinstance(op, str) or op not in _OPS:
        raise BadRequest(f"unknown op {op!r}, expected load, {', '.join(_OPS)}")
    return _OPS[op](request, lang)


def _estimate(request: dict[str, Any], lang: Lang) -> dict[str, Any]:
    return response(_result(request, request.get("answers"), lang), _catalogues[lang])


# Few readers request these files, so the modules for them are imported on request.


def _csv(request: dict[str, Any], lang: Lang) -> dict[str, Any]:
    from calc import export

    return _file(request, lang, "csv", "text", export.csv_text)


def _workbook(request: dict[str, Any], lang: Lang) -> dict[str, Any]:
    from calc import workbook

    return _file(request, lang, "xlsx", "base64", workbook.base64)


def _file(
    request: dict[str, Any],
    lang: Lang,
    suffix: str,
    content: str,
    make: Callable[[Result, "Page", Catalogue], str],
) -> dict[str, Any]:
    """The response with a file to take away; its values are null without a plan."""
    from calc.export import Page, file_name

    try:
        page = Page.from_json(request.get("page"))
    except ValueError as error:
        raise BadRequest(str(error)) from None
    result = _result(request, request.get("answers"), lang)
    answer = {"v": VERSION, "status": result.status}
    if not result.plan:
        return {**answer, "name": None, content: None}
    name = file_name(result, suffix)
    return {**answer, "name": name, content: make(result, page, _catalogues[lang])}


def _compare(request: dict[str, Any], lang: Lang) -> dict[str, Any]:
    from calc.compare import Alternative, comparison, in_short, status

    asked = request.get("alternatives")
    if not isinstance(asked, list) or len(asked) != _COMPARED:
        raise BadRequest("alternatives must be a list of two")
    if not all(isinstance(a, dict) and isinstance(a.get("name"), str) for a in asked):
        raise BadRequest("an alternative must be an object with a name")
    first, second = (
        Alternative(name=a["name"], result=_result(request, a.get("answers"), lang)) for a in asked
    )
    pair, texts = (first, second), _catalogues[lang]
    return {
        "v": VERSION,
        "status": status(pair),
        "html": comparison(pair, texts),
        "summary": in_short(pair, texts),
    }


_OPS = {"estimate": _estimate, "csv": _csv, "workbook": _workbook, "compare": _compare}


def _result(request: dict[str, Any], answers: object, lang: Lang) -> Result:
    """The result for these answers by the rules of the request's scheme."""
    if not isinstance(answers, dict):
        raise BadRequest("answers must be an object")
    if "rules" in request:
        scheme = from_json(SchemeRules, request["rules"])
    elif request.get("scheme") in _schemes:
        scheme = _schemes[request["scheme"]]
    else:
        raise BadRequest("scheme is not loaded, and no rules are given")
    if lang not in _catalogues:
        raise BadRequest(f"no messages are loaded for {lang}")
    return estimate(scheme, answers)


def response(result: Result, texts: Catalogue) -> dict[str, Any]:
    """A result as the response of the contract."""
    shown = {f.name: f for f in result.fields}
    totals = {name: result.total(name) for name in ("award", "cost", "own_funding")}
    return {
        "v": VERSION,
        "status": result.status,
        "rules_year": result.rules_year,
        "track": result.track_id,
        # With a mistake in a question that decides the others, the shown fields stay as they are.
        "fields": None if result.asks_too_little else [f.name for f in result.fields],
        "missing": list(result.missing),
        "problems": [
            {"field": p.field, "code": p.code, "text": problem_text(p, shown.get(p.field), texts)}
            for p in result.problems
        ],
        "plan": [_row(row) for row in result.plan],
        "full_award": None if result.full_award is None else _full_award(result.full_award),
        "totals": totals if result.plan else {},
        "after_ladder": None
        if result.after_ladder is None
        else {"year": result.after_ladder.year, "cost": result.after_ladder.cost},
        "assumption": result.assumption,
        "inputs": [
            {"field": i.field.name, "value": _input_value(i.value), "origin": i.origin}
            for i in result.inputs
        ],
        "steps": [_step(step, texts) for step in result.steps],
        "summary": summary(result, texts),
        "html": render(result, texts),
    }


def _row(row: Row) -> dict[str, Any]:
    return {
        "year": row.year,
        "grant_year": row.grant_year,
        "share": None if row.share is None else _number(row.share * 100),
        "origin": row.origin,
        "ceiling": row.ceiling,
        "cost": row.cost,
        "award": row.award,
        "own_funding": row.own_funding,
        "own_share": None if row.own_share is None else _number(row.own_share * 100),
        "training": row.training,
        "ended": row.ended,
    }


def _full_award(full: FullAward) -> dict[str, Any]:
    return {
        "amount": full.amount,
        "positions_part": full.positions_part,
        "other_costs": full.other_costs,
        "counted": None if full.counted is None else _number(full.counted),
        "is_readers": full.is_readers,
    }


def _step(step: Step, texts: Catalogue) -> dict[str, Any]:
    values = {name: _value(value, texts) for name, value in step.values.items()}
    return {"code": step.code, **values, "source": step.source}


def _value(value: Value, texts: Catalogue) -> int | str:
    if isinstance(value, Text):
        return value.best(texts.lang)[0]
    return _number(value) if isinstance(value, Fraction) else value


def _input_value(value: Fraction | str | None) -> int | str | None:
    return _number(value) if isinstance(value, Fraction) else value


def _number(number: Fraction) -> int | str:
    """The exact number for JSON: an integer, or the text of a decimal, or else of a fraction."""
    if number.denominator == 1:
        return number.numerator
    scaled = number * 10_000
    if scaled.denominator != 1:
        return str(number)
    return format(Decimal(scaled.numerator).scaleb(-4).normalize(), "f")


def _dump(data: Mapping[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))
