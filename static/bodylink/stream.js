/**
 * The live stream (docs/live.md): subscribes, resumes alerts by cursor, notices a connection that has gone
 * silent, and comes back with jittered pauses. Says with events what came and how the connection is.
 */

const PING_EVERY_MS = 3000;
/** Longer than the pause between pings: a ward in which nothing is measured still answers. */
const QUIET_AFTER_MS = 5000;
const DEAD_AFTER_MS = 12000;
const CHECK_EVERY_MS = 1000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15000;
const SIGNED_OUT = 4401;
const NOT_ALLOWED = 4403;

/**
 * @typedef {"connecting"|"live"|"quiet"|"offline"|"signed-out"|"not-allowed"} ConnectionState
 */

/**
 * @param {number} attempt 0 for the first try after a loss
 * @param {number} random in [0, 1)
 * @returns {number} milliseconds to wait: doubling, capped, and spread so that a ward does not return as one
 */
export function pauseMs(attempt, random) {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt) * (0.5 + random / 2);
}

/**
 * Events: "state" {state}, "waves" {buffer, arrivedMs}, "vitals", "twin", "alert", "subscribed", "alarms",
 * "error": the detail is the server's message.
 */
export class LiveStream extends EventTarget {
  /** @type {ConnectionState} */
  state = "connecting";
  /** Epoch milliseconds of this computer at which the next try is due, while offline. */
  retryAt = NaN;
  #url;
  #target;
  #cursor;
  #clock;
  #openSocket;
  #random;
  #socket = null;
  #attempt = 0;
  #heardMs = 0;
  #pingedMs = 0;
  #answered = true;
  #timer = null;
  #retry = null;

  /**
   * @param {Object} parts
   * @param {string} parts.url
   * @param {{unit: string}|{patient: string}} parts.target
   * @param {() => number} parts.cursor the newest alert cursor the page knows
   * @param {import("./clock.js").ServerClock} parts.clock
   * @param {(url: string) => WebSocket} [parts.openSocket]
   * @param {() => number} [parts.random]
   */
  constructor({ url, target, cursor, clock, openSocket = (where) => new WebSocket(where), random = Math.random }) {
    super();
    this.#url = url;
    this.#target = target;
    this.#cursor = cursor;
    this.#clock = clock;
    this.#openSocket = openSocket;
    this.#random = random;
  }

  start() {
    this.#timer = setInterval(() => this.check(), CHECK_EVERY_MS);
    this.#open();
  }

  stop() {
    clearInterval(this.#timer);
    clearTimeout(this.#retry);
    this.#drop();
  }

  /** Looks after the connection; also called when a tab wakes up. */
  check() {
    if (!this.#socket || this.state === "connecting" || this.state === "offline") return;
    const silentMs = performance.now() - this.#heardMs;
    if (silentMs > DEAD_AFTER_MS) this.#lose();
    else if (silentMs > QUIET_AFTER_MS) this.#say("quiet");
    if (this.#socket && (performance.now() - this.#pingedMs > PING_EVERY_MS || this.#clock.drifted)) this.#ping();
  }

  #open() {
    this.#say("connecting");
    this.#heardMs = performance.now();
    const socket = this.#openSocket(this.#url);
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.#send({ op: "subscribe", ...this.#target });
    socket.onmessage = ({ data }) => this.#take(data);
    socket.onclose = ({ code }) => this.#closed(code);
    this.#retry = setTimeout(() => this.state === "connecting" && this.#lose(), DEAD_AFTER_MS);
  }

  #send(message) {
    this.#socket.send(JSON.stringify(message));
  }

  #ping() {
    if (!this.#answered && performance.now() - this.#pingedMs < PING_EVERY_MS) return;
    this.#pingedMs = performance.now();
    this.#answered = false;
    this.#send({ op: "ping" });
  }

  #take(data) {
    this.#heardMs = performance.now();
    if (this.state === "quiet") this.#say("live");
    if (data instanceof ArrayBuffer) {
      this.#tell("waves", { buffer: data, arrivedMs: this.#heardMs });
      return;
    }
    const message = JSON.parse(data);
    if (message.type === "status") this.#status(message);
    else this.#tell(message.type, message);
  }

  #status(message) {
    if (message.state === "pong") {
      this.#answered = true;
      if (message.server_time) this.#clock.set(message.server_time, performance.now() - this.#pingedMs);
    } else if (message.state === "subscribed") {
      if (message.server_time) this.#clock.set(message.server_time);
      // It comes again when the patients of a unit change; what happened before is asked for once.
      if (this.state !== "live" && this.state !== "quiet") this.#send({ op: "resume", cursor: this.#cursor() });
      this.#attempt = 0;
      this.#say("live");
      this.#tell("subscribed", message);
    } else {
      this.#tell(message.state, message);
    }
  }

  #closed(code) {
    if (code === SIGNED_OUT || code === NOT_ALLOWED) {
      this.stop();
      this.#say(code === SIGNED_OUT ? "signed-out" : "not-allowed");
    } else {
      this.#lose();
    }
  }

  #lose() {
    this.#drop();
    const pause = pauseMs(this.#attempt, this.#random());
    this.#attempt += 1;
    this.retryAt = Date.now() + pause;
    this.#say("offline");
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#open(), pause);
  }

  #drop() {
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  #say(state) {
    if (state === this.state && state !== "offline") return;
    this.state = state;
    this.#tell("state", { state });
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
