import assert from "node:assert/strict";
import { test } from "node:test";

import { chosenCode, shown, shownPressure, stateByAge, VitalBook, worse } from "../../static/bodylink/vitals.js";

const NOW = 1_763_600_000;
const at = (age) => new Date((NOW - age) * 1000).toISOString();
const HEART_RATE = { code: "heart_rate", decimals: 0, expected_interval_s: 1 };
const QUANTITIES = new Map([
  ["heart_rate", HEART_RATE],
  ["pulse_rate", { code: "pulse_rate", decimals: 0, expected_interval_s: 1 }],
  ["systolic_pressure", { code: "systolic_pressure", decimals: 0, expected_interval_s: 3600 }],
  ["diastolic_pressure", { code: "diastolic_pressure", decimals: 0, expected_interval_s: 3600 }],
]);
const vital = (code, value, age, more = {}) => ({ code, value, unit: "/min", at: at(age), state: "live", origin: "measured", quality: 1, device: "node-1", ...more });

test("a value of every second is live for five seconds, stale for thirty, then lost", () => {
  assert.deepEqual([0, 5, 5.1, 30, 30.1].map((age) => stateByAge(age, 1)), ["live", "live", "stale", "stale", "lost"]);
});

test("a value that is expected rarely is given three and ten of its intervals", () => {
  assert.deepEqual([180, 181, 600, 601].map((age) => stateByAge(age, 60)), ["live", "stale", "stale", "lost"]);
});

test("of two states the worse one counts", () => {
  assert.equal(worse("live", "stale"), "stale");
  assert.equal(worse("lost", "stale"), "lost");
});

function shownAfter(age, more) {
  const book = new VitalBook();
  book.merge("p", [vital("heart_rate", 72.4, age, more)]);
  return shown(book.get("p", "heart_rate"), HEART_RATE, NOW);
}

test("a fresh value is shown without its age", () => {
  assert.deepEqual(shownAfter(1), { state: "live", measured: true, text: "72", age: "", ageSeconds: 1 });
});

test("a value ages on the page although the server last called it live", () => {
  assert.deepEqual([shownAfter(12).state, shownAfter(12).text, shownAfter(12).age], ["stale", "72", "12 s"]);
  assert.deepEqual([shownAfter(90).state, shownAfter(90).text, shownAfter(90).age], ["lost", "--", "1 min"]);
});

test("what the server calls lost stays lost however new it is, and so does a value that is none", () => {
  assert.equal(shownAfter(0, { state: "lost" }).text, "--");
  assert.equal(shownAfter(0, { value: null }).text, "--");
});

test("what was never measured is neither a number nor an age", () => {
  assert.deepEqual(shown(undefined, HEART_RATE, NOW), { state: "lost", measured: false, text: "--", age: "", ageSeconds: Infinity });
});

test("a value from the future of our clock counts as new, not as old", () => {
  assert.equal(shownAfter(-2).state, "live");
});

test("vitals are merged by code, and an older one never replaces a newer one", () => {
  const book = new VitalBook();
  book.merge("p", [vital("heart_rate", 70, 5), vital("spo2", 97, 5)]);
  book.merge("p", [vital("heart_rate", 75, 1)]);
  book.merge("p", [vital("heart_rate", 50, 60)]);
  assert.equal(book.get("p", "heart_rate").value, 75);
  assert.equal(book.get("p", "spo2").value, 97);
  assert.equal(book.get("q", "spo2"), undefined);
});

test("the pulse stands in for a heart rate that is lost, and gives way when it is back", () => {
  const book = new VitalBook();
  const codes = ["heart_rate", "pulse_rate"];
  assert.equal(chosenCode(book, "p", codes, QUANTITIES, NOW), "heart_rate");
  book.merge("p", [vital("heart_rate", 70, 120), vital("pulse_rate", 71, 1)]);
  assert.equal(chosenCode(book, "p", codes, QUANTITIES, NOW), "pulse_rate");
  book.merge("p", [vital("heart_rate", 72, 0)]);
  assert.equal(chosenCode(book, "p", codes, QUANTITIES, NOW), "heart_rate");
});

test("two pressures are shown as one measurement only if they were taken together", () => {
  const book = new VitalBook();
  book.merge("p", [vital("systolic_pressure", 120, 30), vital("diastolic_pressure", 80, 31)]);
  assert.equal(shownPressure(book, "p", QUANTITIES, NOW).text, "120/80");
  book.merge("p", [vital("systolic_pressure", 140, 1), vital("diastolic_pressure", 80, 300)]);
  book.merge("q", [vital("systolic_pressure", 140, 1), vital("diastolic_pressure", 80, 300)]);
  assert.equal(shownPressure(book, "q", QUANTITIES, NOW).text, "140/--");
  assert.equal(shownPressure(book, "r", QUANTITIES, NOW).text, "--");
});

test("a coded observation is shown by its name", () => {
  const quantity = { code: "consciousness", decimals: 0, expected_interval_s: 14400, categories: { 2: "Responds to voice" } };
  assert.equal(shown({ ...vital("consciousness", 2, 10), epoch: NOW - 10 }, quantity, NOW).text, "Responds to voice");
});

test("what was entered by hand is not expected every few seconds", () => {
  const quantity = { expected_interval_s: 10, decimals: 1 };
  const vital = { value: 38.6, epoch: 0, state: "live", origin: "manual" };
  assert.equal(shown(vital, quantity, 6 * 3600).state, "live");
  assert.equal(shown(vital, quantity, 6 * 3600 + 1).state, "stale");
  assert.equal(shown({ ...vital, origin: "measured" }, quantity, 101).state, "lost");
  assert.equal(shown({ ...vital, value: null }, quantity, 1).text, "--");
});
