/** How high a wave is drawn: ECG in millimetres per millivolt, everything else to fit, and labelled so. */

import { BANDS } from "./filters.js";
import { GAINS_MM_PER_MV } from "./view.js";

const MV_PER_UNIT = { uV: 0.001, mV: 1, V: 1000 };
const FULL_GAIN = 10;
const ECG_BASELINE = 0.6;
const FITTED_SHARE = 0.72;
const EDGE_PX = 3;

/**
 * @typedef {Object} VerticalScale
 * @property {number} pxPerUnit pixels per unit of the quantity
 * @property {number} centre value that stands at `baseline`
 * @property {number} baseline pixels from the top
 * @property {number|null} gain mm per mV, null where the height is fitted
 * @property {string} text what to print on the strip
 */

/**
 * @param {Object} parts
 * @param {"ecg"|"pulse"|"breath"|"other"} parts.kind
 * @param {string} parts.unit UCUM unit of the quantity
 * @param {import("./view.js").View} parts.view
 * @param {number} parts.height of the strip in pixels
 * @param {{low: number, high: number}|null} parts.range of the last seconds
 * @param {VerticalScale|null} parts.current
 * @returns {VerticalScale}
 */
export function verticalScale({ kind, unit, view, height, range, current }) {
  const text = (gain) => [`${view.mmPerSecond} mm/s`, gain, view.filtered ? BANDS[kind].text : "unfiltered",
    view.calibrated ? "" : "nominal size"].filter(Boolean).join(" · ");
  if (kind !== "ecg") {
    const span = range ? range.high - range.low : 0;
    return { pxPerUnit: span > 0 ? (height * FITTED_SHARE) / span : 0, centre: range ? (range.high + range.low) / 2 : 0,
      baseline: height / 2, gain: null, text: text("height to fit") };
  }
  const baseline = height * ECG_BASELINE;
  const factor = millivoltFactor(unit);
  const room = { up: (baseline - EDGE_PX) / view.pxPerMm, down: (height - baseline - EDGE_PX) / view.pxPerMm };
  const rangeMv = range && { low: range.low * factor, high: range.high * factor };
  const gain = view.gain === "auto" ? fittingGain(rangeMv, room, current?.gain ?? FULL_GAIN) : view.gain;
  return { pxPerUnit: gain * view.pxPerMm * factor, centre: 0, baseline, gain, text: text(`${gain} mm/mV`) };
}

/** @param {string} unit UCUM @returns {number} factor to millivolt */
export function millivoltFactor(unit) {
  const factor = MV_PER_UNIT[unit];
  if (!factor) throw new RangeError(`an ECG in ${unit}`);
  return factor;
}

/**
 * The largest gain, at most 10 mm/mV, at which the wave stays on the strip.
 * @param {{low: number, high: number}|null} rangeMv
 * @param {{up: number, down: number}} roomMm above and below the baseline
 * @param {number} current left for a larger one only when that fits clearly
 * @returns {number} mm per mV
 */
export function fittingGain(rangeMv, roomMm, current) {
  if (!rangeMv) return current;
  const fits = (gain, share) => rangeMv.high * gain <= roomMm.up * share && -rangeMv.low * gain <= roomMm.down * share;
  const allowed = GAINS_MM_PER_MV.filter((gain) => gain <= FULL_GAIN).reverse();
  const best = allowed.find((gain) => fits(gain, 1)) ?? allowed.at(-1);
  return best <= current || fits(best, 0.85) ? best : current;
}

/**
 * @param {VerticalScale|null} now
 * @param {VerticalScale} next
 * @param {number} height of the strip in pixels
 * @returns {boolean} whether the difference is worth drawing the strip anew
 */
export function differs(now, next, height) {
  if (!now) return true;
  if (next.gain !== null) return next.gain !== now.gain || next.text !== now.text;
  const stretched = Math.abs(next.pxPerUnit - now.pxPerUnit) > 0.25 * now.pxPerUnit;
  const moved = Math.abs(next.centre - now.centre) * now.pxPerUnit > height * 0.12;
  return stretched || moved || next.text !== now.text;
}
