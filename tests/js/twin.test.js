import assert from "node:assert/strict";
import { test } from "node:test";

import { bandPath, domain, linePath, scale, ticks } from "../../static/bodylink/chart.js";
import { byQuantity, faredText, past } from "../../static/bodylink/forecast.js";
import { hypothesisText, oddsText } from "../../static/bodylink/hypotheses.js";
import { nameOf } from "../../static/bodylink/whatif.js";

test("ticks are round numbers within the axis", () => {
  assert.deepEqual(ticks(58.2, 97.9), [60, 70, 80, 90]);
  assert.deepEqual(ticks(-3, 6, 6), [-2, 0, 2, 4, 6]);
  assert.deepEqual(ticks(36.1, 36.9), [36.2, 36.4, 36.6, 36.8]);
});

test("an axis is not narrower than what matters, and keeps everything inside", () => {
  const [low, high] = domain([70, 71], 30);
  assert.ok(low < 56 && high > 85);
  const [least, most] = domain([40, NaN, 140], 30);
  assert.ok(least < 40 && most > 140);
  assert.deepEqual(domain([NaN], 5), [0, 5]);
});

test("a line breaks where nothing is known", () => {
  assert.equal(linePath([[0, 1], [1, 2], [2, NaN], [3, 4], [4, 5]]), "M0 1L1 2M3 4L4 5");
});

test("a band goes along its upper edge and back along the lower", () => {
  assert.equal(bandPath([0, 10], [5, 6], [1, 2]), "M0 1L10 2L10 6L0 5Z");
});

test("a scale maps its ends, also upside down", () => {
  const y = scale(0, 100, 146, 8);
  assert.deepEqual([y(0), y(100), y(50)], [146, 8, 77]);
});

test("a forecast is turned from horizons to quantities", () => {
  const one = (code, median) => ({ code, median });
  const found = byQuantity({ horizons: [{ minutes: 30, quantities: [one("glucose", 5), one("heart_rate", 70)] }, { minutes: 360, quantities: [one("glucose", 6)] }] });
  assert.deepEqual([...found.keys()], ["glucose", "heart_rate"]);
  assert.deepEqual(found.get("glucose").map(({ hours, said }) => [hours, said.median]), [[0.5, 5], [6, 6]]);
});

test("a gap in what was measured is a gap in the line", () => {
  const at = (minute, mean) => ({ start: new Date(minute * 60_000).toISOString(), mean });
  const points = past([at(0, 1), at(1, 2), at(30, 3)], 3600);
  assert.equal(points.length, 4);
  assert.ok(Number.isNaN(points[2][1]));
});

test("odds are said as people say them", () => {
  assert.equal(oddsText(0.04), "4 %, 1 to 24");
  assert.equal(oddsText(0.8), "80 %, 4 to 1");
  assert.equal(oddsText(0.999), "nearly certain");
});

test("a faulty sensor is named by its quantity", () => {
  const quantities = new Map([["spo2", { label: "SpO₂" }]]);
  assert.equal(hypothesisText("sensor_fault:spo2", quantities), "A sensor at fault: SpO₂");
  assert.equal(hypothesisText("bleeding", quantities), "Bleeding");
  assert.match(hypothesisText("meal", quantities), /meal or insulin/);
});

test("a scenario is named by what is done", () => {
  const kinds = [{ kind: "bleeding", label: "Bleeding", unit: "mL" }, { kind: "heat", label: "Heat", unit: "Cel" }];
  assert.equal(nameOf(kinds, [{ kind: "bleeding", dose: 500 }, { kind: "heat", dose: 38 }]), "Bleeding 500 mL, heat 38 °C");
});

test("how forecasts fared is said by horizon, with how many there were", () => {
  const counted = { forecasts: 1234, persons: 1, coverage_50: 0.49, coverage_90: 0.912, skill_persistence: 0.18, skill_climatology: 0.41 };
  assert.equal(
    faredText(0.5, counted, false),
    "30 min: of 1234 forecasts (1 person, last week) the 50 % band held 49\u00a0%, the 90 % band 91\u00a0%; 18\u00a0% closer than the latest value, 41\u00a0% than the person’s usual.",
  );
  assert.equal(faredText(6, counted, true), "6 h ahead: of 1234 such forecasts here, 91\u00a0% came true within the wide band; they were 18\u00a0% closer than expecting no change.");
});
