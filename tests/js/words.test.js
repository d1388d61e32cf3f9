import assert from "node:assert/strict";
import { test } from "node:test";

import { ageText, durationText, numberText, shortAgeText, TimeText, unitText } from "../../static/bodylink/format.js";
import { orUnknown } from "../../static/bodylink/organs.js";
import { alertAbout, plainText, usualOf, verdict } from "../../static/bodylink/verdict.js";

const LIVE = { state: "live", measured: true, text: "72", age: "", ageSeconds: 1 };
const LOW = { kind: "physiological", code: "spo2_low", priority: "high", value: 86, limit: 90, text: "SpO2 86 < 90" };

test("ages, durations, numbers and units are written as people write them", () => {
  assert.deepEqual([0, 59, 60, 3599, 3600, 7500, 90000].map(ageText), ["0 s", "59 s", "1 min", "59 min", "1 h", "2 h 5 min", "1 d"]);
  assert.deepEqual([41, 720, 7200, 7500, 90000].map(shortAgeText), ["41s", "12m", "2h", "2h 5m", "1d"]);
  assert.deepEqual([0, 41, 125, 3753].map(durationText), ["0:00", "0:41", "2:05", "1:02:33"]);
  assert.deepEqual([numberText(36.64, 1), numberText(null, 0), numberText(NaN, 1)], ["36.6", "--", "--"]);
  assert.deepEqual(["mm[Hg]", "Cel", "/min", "1"].map(unitText), ["mmHg", "°C", "/min", ""]);
});

test("times are those of the unit, not of the browser", () => {
  assert.equal(new TimeText("Asia/Tokyo").time(1_763_600_000), "09:53:20");
  assert.equal(new TimeText("Europe/Vienna").time(1_763_600_000), "01:53:20");
});

test("what is not measured is an answer, and so is a reading that cannot be trusted", () => {
  assert.equal(verdict({ what: { ...LIVE, measured: false, state: "lost" } }).kind, "not-measured");
  assert.equal(verdict({ what: { ...LIVE, state: "lost", ageSeconds: 300 } }).kind, "old");
  assert.equal(verdict({ what: LIVE, vital: { quality: 0.2 }, alert: LOW }).kind, "poor");
});

test("without knowledge of the person nothing is called usual", () => {
  const said = verdict({ what: LIVE, vital: { quality: 0.9 }, adults: "Most adults at rest have 60 to 100." });
  assert.equal(said.kind, "unknown");
  assert.match(said.answer, /do not know yet/);
});

test("a crossed limit is said in words, with what to do", () => {
  const said = verdict({ what: LIVE, vital: { quality: 0.9 }, alert: LOW });
  assert.equal(said.word, "Lower than your limit");
  assert.match(said.todo, /call for help/);
  assert.equal(plainText(LOW), "Oxygen in your blood: 86 is lower than your limit of 90");
});

test("no answer calls anybody healthy", () => {
  const all = [verdict({ what: LIVE }), verdict({ what: LIVE, usual: 66 }), verdict({ what: LIVE, alert: LOW })];
  for (const { word, answer, todo } of all) assert.doesNotMatch(`${word} ${answer} ${todo}`, /healthy|normal|fine\b/i);
});

test("an alert belongs to a measurement by its rule's name", () => {
  assert.equal(alertAbout([LOW], ["spo2"]), LOW);
  assert.equal(alertAbout([LOW], ["heart_rate", "pulse_rate"]), undefined);
  assert.equal(alertAbout([{ ...LOW, kind: "technical" }], ["spo2"]), undefined);
});

test("an organ that nobody spoke of, or of unknown status, is unknown and never good", () => {
  assert.equal(orUnknown(undefined).status, "unknown");
  assert.equal(orUnknown({ organ: "heart", status: "splendid", reasons: [] }).status, "unknown");
  assert.equal(orUnknown({ organ: "heart", status: "good", reasons: [] }).status, "good");
});

test("a person's usual value comes from the twin's reasons", () => {
  const organs = [{ organ: "heart", reasons: [{ text: "x", code: "heart_rate", usual: 66 }] }];
  assert.equal(usualOf(organs, "heart_rate"), 66);
  assert.equal(usualOf(organs, "spo2"), null);
});
