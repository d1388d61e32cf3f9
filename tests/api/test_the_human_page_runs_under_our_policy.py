"""Swagger UI, though no page of ours may hold a script or a style of its own."""

import re

from django.contrib.staticfiles import finders
from django.test import Client

DOCS = "/api/docs/"


def test_it_holds_no_inline_script_style_or_handler(database: None, client: Client) -> None:
    answer = client.get(DOCS)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert re.findall(r"<script[^>]*>\s*[^<\s]", page) == []
    assert "<style" not in page
    assert re.findall(r"\s(style|on\w+)=", page) == []


def test_all_that_it_loads_is_ours_and_there(database: None, client: Client) -> None:
    page = client.get(DOCS).content.decode()
    loaded = re.findall(r'<(?:script|link)[^>]+(?:src|href)="([^"]+)"', page)
    assert len(loaded) == 6
    for address in loaded:
        assert address.startswith("/")
        if address.startswith("/static/"):
            assert finders.find(address.removeprefix("/static/")), address


def test_its_own_script_is_served_as_one_and_finds_the_document(database: None, client: Client) -> None:
    (address,) = re.findall(r'src="(/api/docs/[^"]*)"', client.get(DOCS).content.decode())
    answer = client.get(address)
    assert answer["Content-Type"].startswith("application/javascript")
    assert "SwaggerUIBundle" in answer.content.decode()
    assert "/api/schema/" in answer.content.decode().replace("\\u002D", "-")


def test_it_says_that_this_is_no_medical_device(database: None, client: Client) -> None:
    assert "not a certified medical device" in client.get(DOCS).content.decode()
