/**
 * When a sample is drawn: one per patient, so that all channels stay aligned.
 *
 * Devices send whole seconds, so a wave can only run smoothly some way behind the present. How far is
 * learnt from the frames themselves (arrival minus first sample) and kept as short as they allow. Only the
 * moment of drawing moves; where a sample stands on the time axis follows from its own time alone.
 */

const REMEMBERED_FRAMES = 24;
const QUANTILE = 0.6;
const MARGIN_S = 0.02;
/** Data older than this on arrival is history, not a live wave. */
export const LIVE_LAG_LIMIT_S = 15;
/** How long the pen waits for a late frame before it moves on and leaves a gap. */
const PATIENCE_S = 0.6;
const JUMP_S = 2;

export class Playout {
  #lags = [];
  #delay = NaN;
  #head = NaN;
  #lastNow = NaN;
  #newest = -Infinity;

  /**
   * @param {number} arrival epoch seconds by the server's clock
   * @param {number} start time of the frame's first sample
   * @param {number} end time after its last sample
   * @returns {boolean} false when the frame is too old to be shown as live
   */
  observe(arrival, start, end) {
    if (arrival - end > LIVE_LAG_LIMIT_S) return false;
    if (end > this.#newest) {
      this.#newest = end;
      this.#lags.push(arrival - start);
      if (this.#lags.length > REMEMBERED_FRAMES) this.#lags.shift();
      const sorted = [...this.#lags].sort((a, b) => a - b);
      this.#delay = sorted[Math.floor((sorted.length - 1) * QUANTILE)] + MARGIN_S;
    }
    return true;
  }

  /** @returns {number} epoch seconds up to which samples are due; NaN before the first frame */
  get head() {
    return this.#head;
  }

  /** @returns {number} how far behind the present the pen aims to be, in seconds; NaN before the first frame */
  get delay() {
    return this.#delay;
  }

  /**
   * Moves the pen on; called once for each animation frame.
   * @param {number} now epoch seconds by the server's clock
   * @returns {number} the new head
   */
  advance(now) {
    const target = now - this.#delay;
    const elapsed = Math.max(0, now - this.#lastNow);
    this.#lastNow = now;
    if (Number.isNaN(target)) return NaN;
    if (Number.isNaN(this.#head) || target - this.#head > JUMP_S) {
      this.#head = target;
      return target;
    }
    const speed = Math.min(1.6, Math.max(0, 1 + (target - this.#head) * 4));
    const wanted = this.#head + elapsed * speed;
    const waits = target - this.#newest < PATIENCE_S;
    this.#head = waits ? Math.max(this.#head, Math.min(wanted, this.#newest)) : wanted;
    return this.#head;
  }
}
