"""The page's Python, as an author of a PyScript page would write it: on the main thread."""

import json

from pyscript import document, when, window

from calc.browser import handle

form = document.querySelector("form")
output = form.querySelector("[data-result]")
lang = form.dataset.lang


def show_answer() -> None:
    """Put the answer to the form in the page."""
    answers = window.Object.fromEntries(window.FormData.new(form)).to_py()
    request = {"v": 1, "op": "estimate", "lang": lang, "answers": answers}
    request["scheme"] = form.dataset.calculator
    output.innerHTML = json.loads(handle(json.dumps(request)))["html"]


@when("input", form)
def change(_event: object) -> None:
    """Answer what was typed."""
    show_answer()


data = json.loads(document.getElementById("calculator-data").textContent)
handle(json.dumps({"v": 1, "op": "load", "lang": lang, **data}))
show_answer()
