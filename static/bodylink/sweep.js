/** Runs every strip of a page in one animation frame, and leaves out those nobody can see. */

import { Playout } from "./playout.js";
import { Strip } from "./strip.js";

const MAXIMUM_PIXEL_RATIO = 2;
/** Beyond this many, strips take turns, each in every second frame: 3 px a step instead of 1.5, for half the work. */
const MANY_STRIPS = 32;

export class Sweep {
  /** @type {Map<string, Map<string, Strip>>} by patient and channel */
  #strips = new Map();
  /** @type {Map<string, Playout>} by patient */
  #playouts = new Map();
  #byCanvas = new Map();
  #clock;
  #view;
  #figures;
  #frozen = false;
  #onFrame = null;
  #turn = 0;
  #seen = new IntersectionObserver((entries) => this.#onSeen(entries), { rootMargin: "80px" });
  #sized = new ResizeObserver((entries) => this.#onSized(entries));

  /**
   * @param {Object} parts
   * @param {import("./clock.js").ServerClock} parts.clock
   * @param {import("./view.js").View} parts.view
   * @param {import("./figures.js").Figures} parts.figures
   */
  constructor({ clock, view, figures }) {
    this.#clock = clock;
    this.#view = view;
    this.#figures = figures;
    view.addEventListener("change", () => this.#repaintAll());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#repaintAll());
  }

  start() {
    const frame = (timestamp) => {
      requestAnimationFrame(frame);
      const began = performance.now();
      this.#onFrame?.();
      if (!this.#frozen) this.#step();
      this.#figures.frame(timestamp, performance.now() - began);
    };
    requestAnimationFrame(frame);
  }

  /** @param {() => void} callback other work of the page that belongs in the same animation frame */
  set onFrame(callback) {
    this.#onFrame = callback;
  }

  /**
   * @param {string} patient
   * @param {import("./types.js").Quantity} quantity
   * @param {HTMLCanvasElement} canvas
   * @param {{onScale: (scale: import("./gain.js").VerticalScale) => void, timeLabel?: (t: number) => string}} options
   */
  add(patient, quantity, canvas, options) {
    const strip = new Strip({ canvas, quantity, playout: this.#playout(patient), view: this.#view,
      onDrawn: (arrivedMs) => this.#figures.drawn(arrivedMs), ...options });
    if (!this.#strips.has(patient)) this.#strips.set(patient, new Map());
    this.#strips.get(patient).set(quantity.code, strip);
    this.#byCanvas.set(canvas, strip);
    this.#sized.observe(canvas);
    this.#seen.observe(canvas);
  }

  /** @param {string} patient @param {string} channel */
  remove(patient, channel) {
    const { canvas } = this.strip(patient, channel);
    this.#sized.unobserve(canvas);
    this.#seen.unobserve(canvas);
    this.#byCanvas.delete(canvas);
    this.#strips.get(patient).delete(channel);
  }

  /** @param {string} patient @param {string} channel @returns {Strip|undefined} */
  strip(patient, channel) {
    return this.#strips.get(patient)?.get(channel);
  }

  /**
   * @param {string} patient
   * @param {string} channel
   * @param {import("./waves.js").Segment} segment
   * @param {number} arrivedMs performance.now() at which it came
   */
  take(patient, channel, segment, arrivedMs) {
    if (!this.#playout(patient).observe(this.#clock.now(), segment.start, segment.end)) return;
    this.strip(patient, channel)?.add(segment, arrivedMs);
  }

  /** @param {string} patient @returns {number} seconds the strips run behind the present; NaN before the first wave */
  delay(patient) {
    return this.#playout(patient).delay;
  }

  /** @param {boolean} frozen */
  set frozen(frozen) {
    this.#frozen = frozen;
  }

  get frozen() {
    return this.#frozen;
  }

  #playout(patient) {
    let playout = this.#playouts.get(patient);
    if (!playout) this.#playouts.set(patient, (playout = new Playout()));
    return playout;
  }

  #step() {
    const now = this.#clock.now();
    for (const playout of this.#playouts.values()) playout.advance(now);
    const visible = [...this.#byCanvas.values()].filter((strip) => strip.visible);
    const turns = visible.length > MANY_STRIPS ? 2 : 1;
    this.#turn = (this.#turn + 1) % turns;
    visible.forEach((strip, index) => index % turns === this.#turn && strip.step());
  }

  #repaintAll() {
    for (const strip of this.#byCanvas.values()) strip.repaint();
  }

  #onSeen(entries) {
    for (const entry of entries) {
      const strip = this.#byCanvas.get(entry.target);
      const appeared = entry.isIntersecting && !strip.visible;
      strip.visible = entry.isIntersecting;
      if (appeared) strip.repaint();
    }
  }

  #onSized(entries) {
    const ratio = Math.min(MAXIMUM_PIXEL_RATIO, globalThis.devicePixelRatio || 1);
    for (const { target, contentRect } of entries) {
      this.#byCanvas.get(target).resize(contentRect.width, contentRect.height, ratio);
    }
  }
}
