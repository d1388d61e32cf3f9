/** The wave of one channel as it is drawn: segments in order of time, filtered for the eye, with their range. */

import { BANDS, BandFilter } from "./filters.js";
import { joined, WaveBuffer } from "./waves.js";

const KEEP_SECONDS = 70;
const RANGE_SECONDS = 6;
const KINDS = { ecg: "ecg", respiration_wave: "breath" };

/** @param {string} code channel @returns {"ecg"|"pulse"|"breath"|"other"} */
export function kindOf(code) {
  return KINDS[code] ?? (code.startsWith("ppg_") ? "pulse" : "other");
}

export class Trace {
  #buffer = new WaveBuffer(KEEP_SECONDS);
  #band;
  #filter = null;
  #filtered;
  #inverted;

  /** @param {"ecg"|"pulse"|"breath"|"other"} kind @param {boolean} filtered */
  constructor(kind, filtered) {
    this.#band = BANDS[kind];
    this.#inverted = kind === "pulse";
    this.#filtered = filtered;
  }

  /** @returns {number} epoch seconds up to which there are samples */
  get end() {
    return this.#buffer.end;
  }

  /** @returns {string|null} origin of the newest segment */
  get origin() {
    return this.#buffer.segments.at(-1)?.origin ?? null;
  }

  /**
   * @param {import("./waves.js").Segment} segment
   * @param {number} arrivedMs performance.now() at which it came
   * @returns {import("./waves.js").Segment|null} what of it was new
   */
  add(segment, arrivedMs) {
    const kept = this.#buffer.add(segment);
    if (kept) this.#prepare(kept, arrivedMs);
    return kept;
  }

  /** @param {number} from epoch seconds @param {number} to epoch seconds */
  within(from, to) {
    return this.#buffer.within(from, to);
  }

  /** @param {boolean} filtered */
  set filtered(filtered) {
    if (filtered === this.#filtered) return;
    this.#filtered = filtered;
    this.#filter = null;
    for (const segment of this.#buffer.segments) this.#prepare(segment, segment.arrivedMs);
  }

  /** @returns {{low: number, high: number}|null} over the last seconds */
  get range() {
    const recent = this.#buffer.within(this.end - RANGE_SECONDS, this.end);
    if (!recent.length) return null;
    return {
      low: Math.min(...recent.map((segment) => segment.low)),
      high: Math.max(...recent.map((segment) => segment.high)),
    };
  }

  #prepare(segment, arrivedMs) {
    const display = this.#upright(this.#filtered ? this.#smooth(segment) : segment.samples);
    let low = Infinity;
    let high = -Infinity;
    for (const value of display) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
    Object.assign(segment, { display, low, high, arrivedMs });
  }

  /** A pulse sensor counts light, of which blood lets less through: a plethysmogram rises with the blood. */
  #upright(samples) {
    return this.#inverted ? samples.map((value) => -value) : samples;
  }

  #smooth(segment) {
    if (this.#filter?.rate !== segment.rate) this.#filter = new BandFilter(this.#band, segment.rate);
    const before = this.#buffer.before(segment);
    if (!before || !joined(before.end - 1 / before.rate, segment.start, segment.rate)) this.#filter.reset();
    return this.#filter.apply(segment.samples);
  }
}
