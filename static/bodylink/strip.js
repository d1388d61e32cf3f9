/**
 * One sweeping strip on a small canvas. The pen runs to the right and begins again at the left, an erase bar
 * before it; a sample's place follows from its own time, so that 25 mm are one second wherever one measures.
 */

import { differs, millivoltFactor, verticalScale } from "./gain.js";
import { kindOf, Trace } from "./trace.js";
import { joined } from "./waves.js";

const ERASE_PX = 16;
const LINE_PX = 1.5;
const BOLD_LINE_PX = 2;
const BOLD_FROM_HEIGHT_PX = 110;
const MINIMUM_SWEEP_PX = 40;
const PULSE_MM = { lead: 1, width: 5, tail: 1.5 };
const REPORT_EVERY_S = 0.04;
const TIME_LABEL_PX = 70;
const NOWHERE = { t: -Infinity, x: -Infinity };

export class Strip {
  visible = true;
  #context;
  #quantity;
  #view;
  #trace;
  #scale = null;
  #width = 0;
  #height = 0;
  #gutter = 0;
  #ratio = 1;
  #drawnTo = NaN;
  #pen = NOWHERE;
  #reportedAt = -Infinity;

  /**
   * @param {Object} parts
   * @param {HTMLCanvasElement} parts.canvas
   * @param {import("./types.js").Quantity} parts.quantity
   * @param {import("./playout.js").Playout} parts.playout of the patient
   * @param {import("./view.js").View} parts.view
   * @param {(scale: import("./gain.js").VerticalScale) => void} parts.onScale told what to print on the strip
   * @param {(t: number) => string} [parts.timeLabel] prints the time of every fifth second when given
   * @param {(arrivedMs: number) => void} [parts.onDrawn] told when the first sample of a segment is drawn
   */
  constructor({ canvas, quantity, playout, view, onScale, timeLabel, onDrawn }) {
    this.canvas = canvas;
    this.playout = playout;
    this.kind = kindOf(quantity.code);
    this.onScale = onScale;
    this.timeLabel = timeLabel;
    this.onDrawn = onDrawn;
    this.#context = canvas.getContext("2d");
    this.#quantity = quantity;
    this.#view = view;
    this.#trace = new Trace(this.kind, view.filtered);
    canvas.dataset.channel = quantity.code;
  }

  /** @returns {number} epoch seconds up to which samples have arrived */
  get end() {
    return this.#trace.end;
  }

  /** @returns {string|null} origin of the newest samples */
  get origin() {
    return this.#trace.origin;
  }

  /** @param {import("./waves.js").Segment} segment @param {number} arrivedMs performance.now() at which it came */
  add(segment, arrivedMs) {
    const kept = this.#trace.add(segment, arrivedMs);
    if (kept && kept.start < this.#drawnTo && this.visible) this.#fillIn(kept);
  }

  /** Draws what has become due since the last animation frame. */
  step() {
    const head = this.playout.head;
    if (!this.#width || Number.isNaN(head)) return;
    if (Number.isNaN(this.#drawnTo) || (head - this.#drawnTo) * this.#view.pxPerSecond > this.#sweepPx / 2) {
      this.repaint();
    } else if (head > this.#drawnTo) {
      this.#advance(head);
    }
  }

  /** Draws the whole sweep anew from memory: after a change of size, scale, filter or visibility. */
  repaint() {
    if (!this.#width) return;
    this.#trace.filtered = this.#view.filtered;
    this.#setScale(this.#nextScale());
    this.#context.setTransform(this.#ratio, 0, 0, this.#ratio, 0, 0);
    this.#context.clearRect(0, 0, this.#width, this.#height);
    this.#dress();
    this.#calibrationPulse();
    this.#pen = NOWHERE;
    const head = this.playout.head;
    if (Number.isNaN(head)) return;
    const from = head - (this.#sweepPx - ERASE_PX) / this.#view.pxPerSecond;
    this.#seconds(from, head);
    this.#pen = this.#line(from, head, NOWHERE, null);
    this.#drawnTo = head;
    this.#report();
  }

  /** @param {number} width CSS pixels @param {number} height CSS pixels @param {number} ratio device pixels to one */
  resize(width, height, ratio) {
    this.#width = width;
    this.#height = height;
    this.#ratio = ratio;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.repaint();
  }

  get #sweepPx() {
    return Math.max(MINIMUM_SWEEP_PX, this.#width - this.#gutter);
  }

  #advance(head) {
    const laps = (t) => Math.floor((t * this.#view.pxPerSecond) / this.#sweepPx);
    const newLap = laps(head) !== laps(this.#drawnTo);
    const newSecond = Math.floor(head) !== Math.floor(this.#drawnTo);
    this.#erase(this.#drawnTo, head);
    this.#seconds(this.#drawnTo, head);
    this.#pen = this.#line(this.#drawnTo, head, this.#pen, this.onDrawn);
    this.#drawnTo = head;
    this.#report();
    if (newLap || (newSecond && this.#isClipped())) this.#rescale();
  }

  #isClipped() {
    const range = this.#trace.range;
    return range !== null && (this.#yOf(range.high) < 0 || this.#yOf(range.low) > this.#height);
  }

  #rescale() {
    if (differs(this.#scale, this.#nextScale(), this.#height)) this.repaint();
  }

  /** A late segment is drawn where its time says, behind the pen, unless the pen has come round since. */
  #fillIn(segment) {
    const sweepSeconds = (this.#sweepPx - ERASE_PX) / this.#view.pxPerSecond;
    const from = Math.max(segment.start - 1.5 / segment.rate, this.#drawnTo - sweepSeconds);
    const to = Math.min(segment.end + 1.5 / segment.rate, this.#drawnTo);
    if (to <= from) return;
    const pen = this.#line(from, to, NOWHERE, this.onDrawn);
    if (pen.t > this.#pen.t) this.#pen = pen;
  }

  #nextScale() {
    return verticalScale({ kind: this.kind, unit: this.#quantity.unit, view: this.#view, height: this.#height,
      range: this.#trace.range, current: this.#scale });
  }

  #setScale(scale) {
    if (scale.text !== this.#scale?.text || scale.detail !== this.#scale?.detail) this.onScale(scale);
    this.#scale = scale;
    const pulseMm = PULSE_MM.lead + PULSE_MM.width + PULSE_MM.tail;
    this.#gutter = this.kind === "ecg" ? pulseMm * this.#view.pxPerMm : 0;
  }

  #dress() {
    const style = getComputedStyle(this.canvas);
    Object.assign(this.#context, { strokeStyle: style.color, lineWidth: this.#height < BOLD_FROM_HEIGHT_PX ? LINE_PX : BOLD_LINE_PX, lineJoin: "bevel",
      fillStyle: style.getPropertyValue("--axis") || style.color, font: "10px sans-serif", textAlign: "right" });
  }

  #xOf(t) {
    return this.#gutter + ((t * this.#view.pxPerSecond) % this.#sweepPx);
  }

  #yOf(value) {
    return this.#scale.baseline - (value - this.#scale.centre) * this.#scale.pxPerUnit;
  }

  /** One millivolt for 200 ms at the strip's own gain, which lets anybody measure on the screen. */
  #calibrationPulse() {
    if (this.kind !== "ecg") return;
    const mm = this.#view.pxPerMm;
    const [left, right] = [PULSE_MM.lead * mm, (PULSE_MM.lead + PULSE_MM.width) * mm];
    const high = this.#yOf(0) - this.#yOf(1 / millivoltFactor(this.#quantity.unit));
    const foot = Math.max(this.#yOf(0), Math.min(this.#height - LINE_PX, high + LINE_PX));
    const top = foot - high;
    const context = this.#context;
    context.globalAlpha = 0.75;
    context.beginPath();
    context.moveTo(0, foot);
    for (const [x, y] of [[left, foot], [left, top], [right, top], [right, foot], [this.#gutter - BOLD_LINE_PX, foot]]) context.lineTo(x, y);
    context.stroke();
    context.globalAlpha = 1;
  }

  #erase(from, to) {
    const width = this.#sweepPx;
    let x = ((from * this.#view.pxPerSecond) % width) + ERASE_PX - 1;
    let left = (to - from) * this.#view.pxPerSecond + 2;
    while (left > 0) {
      x %= width;
      const piece = Math.min(left, width - x);
      // A stroke is wider than its path: at the start of a sweep it reaches a little into the gutter.
      const spill = x < LINE_PX ? LINE_PX : 0;
      this.#context.clearRect(this.#gutter + x - spill, 0, piece + spill, this.#height);
      x += piece;
      left -= piece;
    }
  }

  /** The time axis: a mark at every whole second, a longer one with the time at every fifth. */
  #seconds(from, to) {
    for (let second = Math.floor(from) + 1; second <= to; second += 1) {
      const fifth = second % 5 === 0;
      const x = this.#xOf(second);
      this.#context.fillRect(x, this.#height - (fifth ? 7 : 4), 1, fifth ? 7 : 4);
      if (fifth && this.timeLabel && x - this.#gutter > TIME_LABEL_PX) {
        this.#context.fillText(this.timeLabel(second), x - 4, this.#height - 2);
      }
    }
  }

  /** @returns {{t: number, x: number}} where the pen stands after the samples in (from, to] */
  #line(from, to, start, onDrawn) {
    const context = this.#context;
    let pen = start;
    context.beginPath();
    if (pen.y !== undefined) context.moveTo(pen.x, pen.y);
    for (const segment of this.#trace.within(from, to)) {
      if (!segment.shown) {
        segment.shown = true;
        onDrawn?.(segment.arrivedMs);
      }
      pen = this.#draw(segment, from, to, pen);
    }
    context.stroke();
    return pen;
  }

  #draw({ start, rate, display }, from, to, before) {
    const context = this.#context;
    let { t, x, y } = before;
    const last = Math.min(display.length - 1, Math.floor((to - start) * rate));
    for (let index = Math.max(0, Math.floor((from - start) * rate)); index <= last; index += 1) {
      const at = start + index / rate;
      if (at <= t || at <= from) continue;
      const nextX = this.#xOf(at);
      y = this.#yOf(display[index]);
      if (joined(t, at, rate) && nextX >= x - this.#sweepPx / 2) context.lineTo(nextX, y);
      else context.moveTo(nextX, y);
      t = at;
      x = nextX;
    }
    return { t, x, y };
  }

  #report() {
    if (this.#drawnTo - this.#reportedAt < REPORT_EVERY_S && this.#drawnTo >= this.#reportedAt) return;
    this.#reportedAt = this.#drawnTo;
    if (this.#pen.t > 0) this.canvas.dataset.drawnUntil = this.#pen.t.toFixed(3);
  }
}
