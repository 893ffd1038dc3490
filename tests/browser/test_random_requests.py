"""A sample of random requests, answered by the shipped runtime in Chromium."""

import json

import pytest
from playwright.sync_api import Browser

from builder.content import load
from builder.kit import i18n
from calc.browser import handle
from tests.calc.conftest import ROOT
from tests.calc.random_requests import requests

COUNT = 500

# Starts a worker of its own on the calculator's page and asks it one request after the other.
ASK_ALL = """
async ([requests, data]) => {
  const form = document.querySelector("form[data-calculator]");
  const worker = new Worker(form.dataset.worker, { type: "module" });
  const answers = [];
  const finished = new Promise((resolve, reject) => {
    worker.onerror = (event) => reject(new Error(event.message));
    worker.onmessage = ({ data: message }) => {
      if (message.type === "error") {
        reject(new Error(message.message));
      } else if (message.type === "ready") {
        requests.forEach((request, id) => worker.postMessage({ type: "request", id, request }));
      } else if (message.type === "response") {
        answers[message.id] = message.response;
        if (message.id === requests.length - 1) {
          resolve(answers);
        }
      }
    };
  });
  worker.postMessage({ type: "init", data, lang: "nb", request: "{}" });
  return finished;
}
"""


@pytest.mark.browser
def test_a_sample_of_random_requests_gets_the_same_bytes_in_chromium(
    browser: Browser, served_site: str
) -> None:
    loads, estimates = requests(
        load(ROOT / "content"), i18n.load(ROOT / "theme/translations"), COUNT, seed=500
    )
    asked = loads + estimates
    here = [handle(request) for request in asked]
    first = json.loads(loads[0])
    data = json.dumps({"scheme": first["scheme"], "messages": first["messages"]})
    # The page's policy lets only its own script start a worker.
    with browser.new_context(bypass_csp=True) as context:
        page = context.new_page()
        page.goto(f"{served_site}/tryggest/kalkulator/")
        there = page.evaluate(ASK_ALL, [asked, data])
    assert len(there) == len(here)
    for request, expected, found in zip(asked, here, there, strict=True):
        assert found == expected, request
