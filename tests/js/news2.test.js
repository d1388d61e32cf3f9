import assert from "node:assert/strict";
import { test } from "node:test";

import { standing } from "../../static/bodylink/news2.js";
import { trendPaths, trendText } from "../../static/bodylink/news2trend.js";
import { byNeed } from "../../static/bodylink/order.js";

const AT = "2026-01-02T03:04:05.000Z";
const NOW = Date.parse(AT) / 1000;
const response = (lowest, highest) => ({ lowest: { risk: lowest }, highest: { risk: highest } });
const score = (changes) => ({
  at: AT, applicable: true, not_applicable_because: null, total: 5, lowest: 5, highest: 5, missing: [], parts: [{}, {}],
  response: response("medium", "medium"), ...changes,
});

test("a score that its inputs decide is a number", () => {
  assert.deepEqual(standing(score(), NOW), { state: "live", text: "5", lowest: 5, risk: "medium", words: "NEWS2 5, medium risk" });
});

test("a score with something missing is a range with a question mark, and says what is missing", () => {
  const open = score({ total: null, highest: 8, missing: ["Consciousness"], response: response("medium", "high") });
  const what = standing(open, NOW);
  assert.equal(what.text, "5–8?");
  assert.equal(what.risk, "medium");
  assert.match(what.words, /up to high risk; missing or too old: consciousness/);
});

test("where nothing is known, or it does not apply, there is no number", () => {
  const nothing = standing(score({ total: null, lowest: 0, highest: 20, missing: ["A", "B"] }), NOW);
  assert.deepEqual([nothing.text, nothing.risk, nothing.state], ["–", "unknown", "none"]);
  const young = standing(score({ applicable: false, not_applicable_because: "NEWS2 is for people of 16 years and over" }), NOW);
  assert.deepEqual([young.text, young.words], ["–", "NEWS2 is for people of 16 years and over"]);
});

test("a score that nobody computes any more is not shown", () => {
  assert.equal(standing(score(), NOW + 61).state, "lost");
  assert.equal(standing(score(), NOW + 59).state, "live");
  assert.equal(standing(score({ at: "nonsense" }), NOW).state, "lost");
});

test("of patients alarmed alike, who scores higher comes first", () => {
  const need = (bed, news2) => ({ bed, unacknowledged: "none", acknowledged: "none", worst: "live", news2 });
  assert.deepEqual([need("1", 0), need("2", 7), need("3")].sort(byNeed).map(({ bed }) => bed), ["2", "1", "3"]);
});

test("the past is a band from what is sure to what could be", () => {
  const { band, least } = trendPaths([{ lowest: 2, highest: 5 }, { lowest: 4, highest: 4 }]);
  assert.equal(least, "M0 18V18H1V16H2");
  assert.equal(band, "M0 15V15H1V16H2V16H1V18H0Z");
  assert.deepEqual(trendPaths([]), { band: "", least: "" });
  const nothing = { lowest: 0, highest: 20 };
  assert.equal(trendPaths([nothing, { lowest: 2, highest: 2 }, nothing, nothing, { lowest: 4, highest: 4 }]).least, "M1 18V18H2M4 16V16H5");
});

test("the past in words says how much of it was not known", () => {
  assert.match(trendText([{ lowest: 2, highest: 5 }, { lowest: 4, highest: 4 }]), /^At least 2 to 4; .* 50 %/);
  assert.equal(trendText([{ lowest: 0, highest: 20 }]), "Nothing of it is known.");
  assert.equal(trendText(undefined), "Cannot be asked for now.");
});
