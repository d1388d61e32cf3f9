/** What the screen itself achieves: frames a second, script time a frame, and wire to pen. Read by the benchmark. */

const REMEMBERED = 1200;

class Ring {
  #values = new Float64Array(REMEMBERED);
  #count = 0;

  add(value) {
    this.#values[this.#count % REMEMBERED] = value;
    this.#count += 1;
  }

  clear() {
    this.#count = 0;
  }

  get sorted() {
    return this.#values.slice(0, Math.min(this.#count, REMEMBERED)).sort();
  }

  /** @returns {number|null} */
  quantile(share) {
    const sorted = this.sorted;
    return sorted.length ? sorted[Math.floor((sorted.length - 1) * share)] : null;
  }

  get mean() {
    const values = this.sorted;
    return values.length ? values.reduce((sum, value) => sum + value, 0) / values.length : null;
  }
}

export class Figures {
  #intervals = new Ring();
  #script = new Ring();
  #draw = new Ring();
  #lastFrame = NaN;
  #besideMs = 0;

  /** @param {number} timestampMs of the animation frame @param {number} scriptMs spent in it */
  frame(timestampMs, scriptMs) {
    if (!Number.isNaN(this.#lastFrame)) this.#intervals.add(timestampMs - this.#lastFrame);
    this.#lastFrame = timestampMs;
    this.#script.add(scriptMs + this.#besideMs);
    this.#besideMs = 0;
  }

  /** @param {number} scriptMs spent outside the animation frame, on messages: it counts towards the next one */
  beside(scriptMs) {
    this.#besideMs += scriptMs;
  }

  /** @param {number} arrivedMs performance.now() at which a segment came; its first sample is drawn now */
  drawn(arrivedMs) {
    this.#draw.add(performance.now() - arrivedMs);
  }

  /** Starts counting anew, for instance after the page has settled. */
  reset() {
    for (const ring of [this.#intervals, this.#script, this.#draw]) ring.clear();
  }

  /** @returns {{fps: number|null, script_p50_ms: number|null, script_p95_ms: number|null, draw_p50_ms: number|null, draw_p95_ms: number|null}} */
  summary() {
    const interval = this.#intervals.mean;
    return {
      fps: interval ? 1000 / interval : null,
      script_p50_ms: this.#script.quantile(0.5),
      script_p95_ms: this.#script.quantile(0.95),
      draw_p50_ms: this.#draw.quantile(0.5),
      draw_p95_ms: this.#draw.quantile(0.95),
    };
  }
}
