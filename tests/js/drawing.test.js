import assert from "node:assert/strict";
import { test } from "node:test";

import { BANDS, BandFilter } from "../../static/bodylink/filters.js";
import { fittingGain, verticalScale } from "../../static/bodylink/gain.js";
import { Playout } from "../../static/bodylink/playout.js";
import { View } from "../../static/bodylink/view.js";

const RATE = 250;
const sine = (hz, seconds) => Float32Array.from({ length: RATE * seconds }, (_, index) => Math.sin((2 * Math.PI * hz * index) / RATE));
const amplitude = (samples) => Math.max(...samples.slice(-RATE * 2));

class Store {
  #items = new Map();
  getItem(key) { return this.#items.get(key) ?? null; }
  setItem(key, value) { this.#items.set(key, value); }
  removeItem(key) { this.#items.delete(key); }
}

test("the monitor band passes the heartbeat and stops wander and hum", () => {
  const passed = (hz) => amplitude(new BandFilter(BANDS.ecg, RATE).apply(sine(hz, 20)));
  assert.ok(passed(10) > 0.97);
  assert.ok(Math.abs(passed(0.5) - Math.SQRT1_2) < 0.03);
  assert.ok(Math.abs(passed(40) - Math.SQRT1_2) < 0.03);
  assert.ok(passed(0.05) < 0.12);
  assert.ok(passed(60) < 0.45);
});

test("filtering piece by piece gives what filtering at once gives", () => {
  const wave = sine(3, 4);
  const whole = new BandFilter(BANDS.ecg, RATE);
  const pieces = new BandFilter(BANDS.ecg, RATE);
  const once = whole.apply(wave);
  pieces.apply(wave.subarray(0, 500));
  const rest = pieces.apply(wave.subarray(500));
  assert.deepEqual([...rest.slice(-10)].map((value) => value.toFixed(3)), [...once.slice(-10)].map((value) => value.toFixed(3)));
});

test("the pen runs smoothly behind the frames and as little as they allow", () => {
  const playout = new Playout();
  let now = 1000;
  let head = NaN;
  for (let frame = 0; frame < 1200; frame += 1) {
    now += 1 / 60;
    const second = Math.floor(now);
    if (now - second < 1 / 60) playout.observe(now + 0.1, second - 1, second);
    const before = head;
    head = playout.advance(now + 0.1);
    if (frame > 300) {
      assert.ok(head >= before, "the pen never runs back");
      assert.ok(head - before < 0.06, "the pen never jumps");
      assert.ok(now + 0.1 - head < 1.3, "the pen keeps up");
    }
  }
});

test("when frames stop the pen waits a moment and then leaves a gap behind", () => {
  const playout = new Playout();
  playout.observe(1001.1, 1000, 1001);
  playout.advance(1001.1);
  let now = 1001.1;
  for (; now < 1002.5; now += 1 / 60) playout.advance(now);
  assert.ok(playout.head <= 1001);
  for (; now < 1006; now += 1 / 60) playout.advance(now);
  assert.ok(playout.head > 1004);
});

test("when frames come later than before, the pen falls back without ever running backwards", () => {
  const playout = new Playout();
  let now = 1000;
  let head = -Infinity;
  for (let frame = 0; frame < 60 * 60; frame += 1) {
    now += 1 / 60;
    const late = frame > 1200 ? 0.6 : 0.1;
    const second = Math.floor(now - late);
    if (now - late - second < 1 / 60) playout.observe(now, second - 1, second);
    const before = head;
    head = playout.advance(now);
    assert.ok(!(head < before));
  }
  assert.ok(Math.abs(now - head - playout.delay) < 0.05, "the pen stands where the later frames allow");
  assert.ok(playout.delay > 1.55);
});

test("what comes long after it happened is not drawn as live", () => {
  const playout = new Playout();
  assert.equal(playout.observe(2000, 1000, 1001), false);
  assert.equal(Number.isNaN(playout.advance(2000)), true);
});

test("25 mm are one second and 10 mm one millivolt on the calibrated screen", () => {
  const view = new View("test", new Store());
  view.calibrate(5);
  view.set({ gain: 10 });
  assert.equal(view.pxPerSecond, 125);
  const scale = verticalScale({ kind: "ecg", unit: "uV", view, height: 200, range: null, current: null });
  assert.equal(Math.round(scale.pxPerUnit * 1000 * 1e6) / 1e6, 50);
  assert.equal(scale.text, "25 mm/s · 10 mm/mV");
});

test("the calibration of a screen is kept for every page, speed and gain for the page", () => {
  const store = new Store();
  new View("ward", store).calibrate(4.2);
  new View("ward", store).set({ mmPerSecond: 50 });
  assert.deepEqual([new View("patient", store).pxPerMm, new View("patient", store).mmPerSecond], [4.2, 25]);
  assert.deepEqual([new View("ward", store).pxPerMm, new View("ward", store).mmPerSecond], [4.2, 50]);
});

test("a screen that nobody calibrated says so", () => {
  const view = new View("test", new Store());
  const scale = verticalScale({ kind: "ecg", unit: "uV", view, height: 100, range: null, current: null });
  assert.match(scale.detail, /not calibrated/);
});

test("the gain is lowered to a printed one only when the wave would not fit", () => {
  assert.equal(fittingGain({ low: -0.5, high: 1.2 }, 25, 10), 10);
  assert.equal(fittingGain({ low: -0.5, high: 1.9 }, 18, 10), 5);
  assert.equal(fittingGain({ low: -3, high: 6 }, 18, 10), 2.5);
  assert.equal(fittingGain({ low: -0.4, high: 1.3 }, 18, 5), 5, "a near fit does not switch back and forth");
});

test("an ECG in a unit that is no voltage is refused", () => {
  const view = new View("test", new Store());
  assert.throws(() => verticalScale({ kind: "ecg", unit: "1", view, height: 100, range: null, current: null }), RangeError);
});
