/**
 * The server's time on this page, whatever the computer's own clock says.
 *
 * Two references are kept: the steady one does not jump when somebody sets the clock, the wall one keeps
 * counting while a laptop sleeps. The later of the two is believed, so that a value can look too old for a
 * moment but never too young; `drifted` then asks the stream for a fresh comparison.
 */
export class ServerClock {
  #steady;
  #wall;
  #steadyOffset = 0;
  #wallOffset = 0;

  /** @param {{steady?: () => number, wall?: () => number}} [sources] milliseconds */
  constructor({ steady = () => performance.now(), wall = () => Date.now() } = {}) {
    this.#steady = steady;
    this.#wall = wall;
    this.#steadyOffset = wall() - steady();
  }

  /**
   * @param {string} serverTime ISO 8601
   * @param {number} [roundTripMs] known for an answered ping; half of it is the age of the answer
   */
  set(serverTime, roundTripMs = 0) {
    const server = Date.parse(serverTime);
    if (Number.isNaN(server)) return;
    const now = server + roundTripMs / 2;
    this.#steadyOffset = now - this.#steady();
    this.#wallOffset = now - this.#wall();
  }

  /** @returns {number} epoch seconds by the server's clock */
  now() {
    return Math.max(this.#steady() + this.#steadyOffset, this.#wall() + this.#wallOffset) / 1000;
  }

  /** @returns {boolean} whether the two references disagree by more than a second */
  get drifted() {
    return Math.abs(this.#steady() + this.#steadyOffset - this.#wall() - this.#wallOffset) > 1000;
  }
}
