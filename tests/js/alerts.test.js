import assert from "node:assert/strict";
import { test } from "node:test";

import { AlertBook, alarmText, highest, isUnacknowledged } from "../../static/bodylink/alerts.js";

const NOW = 1_763_600_000;
const alert = (id, more = {}) => ({
  id, patient: "p", code: "spo2_low", priority: "medium", kind: "physiological", state: "active",
  since: new Date((NOW - 41) * 1000).toISOString(), value: 87, limit: 90, text: "SpO2 87 < 90", acknowledged_by: null, ...more,
});

test("an alarm is written with its marks, value, limit and duration", () => {
  assert.equal(alarmText(alert("a"), NOW), "** SpO2 87 < 90 for 0:41");
  assert.equal(alarmText(alert("a", { priority: "high" }), NOW + 60), "*** SpO2 87 < 90 for 1:41");
  assert.equal(alarmText(alert("a", { state: "resolved", latched: true }), NOW), "** SpO2 87 < 90, ended");
});

test("transitions that come out of order change nothing", () => {
  const book = new AlertBook([alert("a")], 5);
  assert.equal(book.merge(alert("a", { state: "acknowledged" }), 8), true);
  assert.equal(book.merge(alert("a", { state: "active" }), 7), false);
  assert.equal(book.get("a").state, "acknowledged");
  assert.equal(book.cursor, 8);
});

test("an alert whose text alone changed comes under its last transition, and is taken", () => {
  const book = new AlertBook([alert("a")], 5);
  book.merge(alert("a", { text: "SpO2 85 < 90" }), 3);
  assert.equal(book.get("a").text, "SpO2 85 < 90");
  book.merge(alert("a", { text: "SpO2 84 < 90" }), 3);
  assert.equal(book.get("a").text, "SpO2 84 < 90");
  assert.equal(book.cursor, 5, "what is resumed from never goes back");
});

test("a high alarm that is over does not count on", () => {
  assert.equal(alarmText(alert("a", { priority: "high", text: "SpO2 87 < 90, over" }), NOW), "*** SpO2 87 < 90, over");
});

test("the transition on the stream wins over the answer to an acknowledgement", () => {
  const book = new AlertBook([alert("a")], 5);
  book.answer(alert("a", { state: "acknowledged" }));
  assert.equal(book.get("a").state, "acknowledged");
  assert.equal(book.merge(alert("a", { state: "resolved" }), 6), true);
  assert.deepEqual(book.open(), []);
});

test("what is open stands by urgency: unacknowledged, then priority, then the patient before the equipment", () => {
  const book = new AlertBook([
    alert("acknowledged", { state: "acknowledged", priority: "high" }),
    alert("technical", { kind: "technical" }),
    alert("patient"),
    alert("high", { priority: "high" }),
    alert("over", { state: "resolved" }),
    alert("shelved", { shelved: true }),
    alert("late", { kind: "retrospective" }),
    alert("pending", { state: "pending" }),
  ]);
  assert.deepEqual(book.open().map(({ id }) => id), ["high", "patient", "technical", "acknowledged"]);
});

test("a high alarm that ended unacknowledged still asks for somebody", () => {
  const latched = alert("a", { state: "resolved", latched: true, priority: "high" });
  assert.equal(isUnacknowledged(latched), true);
  assert.equal(highest(new AlertBook([latched]).open()), "high");
});

test("alarms of patients and of equipment are counted apart", () => {
  const counts = new AlertBook([alert("a"), alert("b", { priority: "high" }), alert("c", { kind: "technical", priority: "low" })]).counts();
  assert.deepEqual(counts, { physiological: { high: 1, medium: 1, low: 0 }, technical: { high: 0, medium: 0, low: 1 } });
});

test("on a screen that stays open for weeks ended alerts are forgotten and open ones kept", () => {
  const book = new AlertBook([alert("kept")], 0);
  for (let cursor = 1; cursor <= 3000; cursor += 1) book.merge(alert(`a${cursor}`, { state: "resolved" }), cursor);
  assert.deepEqual(book.open().map(({ id }) => id), ["kept"]);
  assert.ok(book.all("p").length <= 1001);
});
