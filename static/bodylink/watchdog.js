/** Whether alarms reach this screen. Silence is no good news: without regular word the answer is "unconfirmed". */

const MISSED = 3;

/**
 * @typedef {"checking"|"on"|"off"|"unconfirmed"|"not-connected"} AlarmSystemState
 */

export class Watchdog {
  #everySeconds;
  #began;
  #last = null;

  /** @param {number} everySeconds how often the stream repeats its word @param {number} now epoch seconds */
  constructor(everySeconds, now) {
    this.#everySeconds = everySeconds;
    this.#began = now;
  }

  /** @param {{ok: boolean, detail?: string}} message @param {number} now epoch seconds */
  heard({ ok, detail = "" }, now) {
    this.#last = { ok, detail, at: now };
  }

  /**
   * @param {import("./stream.js").ConnectionState} connection
   * @param {number} now epoch seconds
   * @returns {{state: AlarmSystemState, text: string}}
   */
  judge(connection, now) {
    const patience = MISSED * this.#everySeconds;
    const waited = now - (this.#last?.at ?? this.#began);
    if (!this.#last && waited <= patience) return { state: "checking", text: "Checking alarms" };
    if (connection !== "live" && connection !== "quiet") {
      return { state: "not-connected", text: "No live alarms: this screen is not connected" };
    }
    if (waited > patience) return { state: "unconfirmed", text: "Alarms unconfirmed: the alarm system has not reported" };
    if (!this.#last.ok) return { state: "off", text: `Alarms are not working${this.#last.detail ? `: ${this.#last.detail}` : ""}` };
    return { state: "on", text: "Alarms on" };
  }
}
