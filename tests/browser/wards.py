"""What a ward shows, read from the page as a person would: tiles, numbers, strips."""

from typing import Any

from playwright.sync_api import Page

from tests.browser.visitors import Visitor

TILES = """
() => [...document.querySelectorAll('[data-testid="tile"]')].map((tile) => {
  const part = (name) => tile.querySelector(`[data-part="${name}"]`);
  const canvas = tile.querySelector("canvas");
  return {
    mrn: part("mrn").textContent,
    simulated: !part("simulated").hidden && part("simulated").checkVisibility(),
    scale: part("scale").textContent,
    drawnUntil: Number(canvas.dataset.drawnUntil ?? NaN),
    picture: canvas.toDataURL(),
    numbers: Object.fromEntries([...tile.querySelectorAll('[data-testid="numeric"]')].map((numeric) => {
      const text = numeric.querySelector('[data-part="value"]').textContent;
      return [numeric.dataset.slot, { state: numeric.dataset.state, text }];
    })),
  };
})
"""


def tiles(page: Page) -> dict[str, dict[str, Any]]:
    """Each tile by its patient's record number."""
    return {tile["mrn"]: tile for tile in page.evaluate(TILES)}


def wards_of(visitor: Visitor) -> list[Page]:
    """A live page of each of a clinician's units."""
    return [visitor.open_live(f"/ward/{unit['id']}/") for unit in visitor.json("/api/v1/units/")["results"]]


def ward_of(visitor: Visitor, unit: str) -> str:
    """The path of the ward of this name."""
    (found,) = [each["id"] for each in visitor.json("/api/v1/units/")["results"] if each["name"] == unit]
    return f"/ward/{found}/"
