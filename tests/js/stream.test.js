import assert from "node:assert/strict";
import { test } from "node:test";

import { ServerClock } from "../../static/bodylink/clock.js";
import { LiveStream, pauseMs } from "../../static/bodylink/stream.js";
import { Watchdog } from "../../static/bodylink/watchdog.js";

class FakeSocket {
  static all = [];
  sent = [];
  closed = false;

  constructor() {
    FakeSocket.all.push(this);
  }

  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close() {
    this.closed = true;
  }

  open() {
    this.onopen();
  }

  say(message) {
    this.onmessage({ data: JSON.stringify(message) });
  }
}

function stream(t) {
  t.mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  let now = 0;
  t.mock.method(performance, "now", () => now);
  FakeSocket.all = [];
  const states = [];
  const clock = new ServerClock({ steady: () => now, wall: () => now });
  const live = new LiveStream({ url: "ws://x", target: { unit: "u" }, cursor: () => 42, clock, openSocket: () => new FakeSocket(), random: () => 0 });
  live.addEventListener("state", ({ detail }) => states.push(detail.state));
  live.start();
  const pass = (ms) => {
    now += ms;
    t.mock.timers.tick(ms);
  };
  return { live, states, pass, clock, socket: () => FakeSocket.all.at(-1) };
}

const SUBSCRIBED = { type: "status", state: "subscribed", patients: [], cursor: 42, server_time: "2026-01-01T00:00:00Z" };

test("it subscribes, and once subscribed resumes the alerts from where the page is", (t) => {
  const { live, socket } = stream(t);
  socket().open();
  assert.deepEqual(socket().sent, [{ op: "subscribe", unit: "u" }]);
  socket().say(SUBSCRIBED);
  assert.deepEqual(socket().sent[1], { op: "resume", cursor: 42 });
  assert.equal(live.state, "live");
  socket().say(SUBSCRIBED);
  assert.equal(socket().sent.length, 2, "the patients changed: nothing is asked for again");
  live.stop();
});

test("after a loss it comes back by itself", (t) => {
  const { live, socket, states, pass } = stream(t);
  socket().open();
  socket().say(SUBSCRIBED);
  socket().onclose({ code: 1006 });
  assert.equal(live.state, "offline");
  pass(300);
  assert.equal(FakeSocket.all.length, 2);
  socket().open();
  socket().say(SUBSCRIBED);
  assert.deepEqual(states, ["live", "offline", "connecting", "live"]);
  live.stop();
});

test("a connection that says nothing is first called quiet, then given up", (t) => {
  const { live, socket, pass } = stream(t);
  const first = socket();
  first.open();
  first.say(SUBSCRIBED);
  for (let second = 0; second < 6; second += 1) pass(1000);
  assert.equal(live.state, "quiet");
  for (let second = 0; second < 8; second += 1) pass(1000);
  assert.equal(first.closed, true);
  live.stop();
});

test("it pings, and the answer sets the clock by half of the round trip", (t) => {
  const { live, socket, pass, clock } = stream(t);
  socket().open();
  socket().say(SUBSCRIBED);
  for (let second = 0; second < 4; second += 1) {
    pass(1000);
    socket().say({ type: "vitals", patient: "p", vitals: [] });
  }
  assert.deepEqual(socket().sent.at(-1), { op: "ping" });
  pass(200);
  socket().say({ type: "status", state: "pong", server_time: "2026-01-01T01:00:00Z" });
  assert.equal(clock.now(), Date.parse("2026-01-01T01:00:00Z") / 1000 + 0.1);
  live.stop();
});

for (const [code, state] of [[4401, "signed-out"], [4403, "not-allowed"]]) {
  test(`closed with ${code} it is ${state} and does not try again`, (t) => {
    const { live, socket, pass } = stream(t);
    socket().open();
    socket().onclose({ code });
    pass(60_000);
    assert.equal(live.state, state);
    assert.equal(FakeSocket.all.length, 1);
  });
}

test("pauses double up to a limit and are spread", () => {
  assert.deepEqual([0, 1, 2].map((attempt) => pauseMs(attempt, 0.999).toFixed(0)), ["500", "1000", "1999"]);
  assert.ok(pauseMs(20, 0.999) <= 15000);
  assert.ok(pauseMs(3, 0) < pauseMs(3, 0.9));
});

test("a clock that jumps or a computer that slept makes values look older, never younger", () => {
  let steady = 0;
  let wall = 1_000_000;
  const clock = new ServerClock({ steady: () => steady, wall: () => wall });
  clock.set("2026-01-01T00:00:00Z");
  const began = Date.parse("2026-01-01T00:00:00Z") / 1000;
  steady += 10_000;
  wall += 10_000 - 3_600_000;
  assert.equal(clock.now(), began + 10);
  assert.equal(clock.drifted, true);
  wall += 3_600_000 + 60_000;
  assert.equal(clock.now(), began + 70);
});

test("without regular word from the alarm system the screen says so", () => {
  const watchdog = new Watchdog(10, 0);
  assert.equal(watchdog.judge("live", 5).state, "checking");
  assert.equal(watchdog.judge("live", 31).state, "unconfirmed");
  watchdog.heard({ ok: true }, 32);
  assert.equal(watchdog.judge("live", 40).state, "on");
  assert.equal(watchdog.judge("offline", 40).state, "not-connected");
  watchdog.heard({ ok: false, detail: "no tick for 40 s" }, 41);
  assert.deepEqual(watchdog.judge("live", 42), { state: "off", text: "Alarms are not working: no tick for 40 s" });
  assert.equal(watchdog.judge("live", 80).state, "unconfirmed");
});
