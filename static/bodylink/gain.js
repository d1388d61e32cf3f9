/** How high a wave is drawn: ECG in millimetres per millivolt, everything else to fit, and labelled so. */

import { BANDS } from "./filters.js";
import { GAINS_MM_PER_MV } from "./view.js";

const MV_PER_UNIT = { uV: 0.001, mV: 1, V: 1000 };
const FULL_GAIN = 10;
const FIRST_BASELINE = 0.625;
const FITTED_SHARE = 0.72;
const EDGE_PX = 3;

/**
 * @typedef {Object} VerticalScale
 * @property {number} pxPerUnit pixels per unit of the quantity
 * @property {number} centre value that stands at `baseline`
 * @property {number} baseline pixels from the top
 * @property {number|null} gain mm per mV, null where the height is fitted
 * @property {string} text speed and gain, to be printed on the strip
 * @property {string} detail filter and calibration
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
  const scale = kind === "ecg" ? ecgScale(unit, view, height, range, current) : fittedScale(height, range);
  const gain = scale.gain === null ? "height to fit" : `${scale.gain} mm/mV`;
  return {
    ...scale,
    text: `${view.mmPerSecond} mm/s · ${gain}`,
    detail: [view.filtered ? BANDS[kind].text : "unfiltered", kind === "pulse" ? "light inverted" : "", view.calibrated ? "" : "screen not calibrated"].filter(Boolean).join(" · "),
  };
}

function fittedScale(height, range) {
  const span = range ? range.high - range.low : 0;
  const centre = range ? (range.high + range.low) / 2 : 0;
  return { pxPerUnit: span > 0 ? (height * FITTED_SHARE) / span : 0, centre, baseline: height / 2, gain: null };
}

function ecgScale(unit, view, height, range, current) {
  const factor = millivoltFactor(unit);
  const rangeMv = range && { low: Math.min(0, range.low * factor), high: Math.max(0, range.high * factor) };
  const roomMm = (height - 2 * EDGE_PX) / view.pxPerMm;
  const gain = view.gain === "auto" ? fittingGain(rangeMv, roomMm, current?.gain ?? FULL_GAIN) : view.gain;
  return { pxPerUnit: gain * view.pxPerMm * factor, centre: 0, baseline: baseline(rangeMv, gain * view.pxPerMm, height), gain };
}

/** Where zero stands, in steps of an eighth of the strip, so that the wave lies in the middle and seldom moves. */
function baseline(rangeMv, pxPerMv, height) {
  if (!rangeMv) return height * FIRST_BASELINE;
  const middle = height / 2 + ((rangeMv.high + rangeMv.low) / 2) * pxPerMv;
  const step = height / 8;
  return Math.min(7 * step, Math.max(step, Math.round(middle / step) * step));
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
 * @param {number} roomMm height of the strip
 * @param {number} current left for a larger one only when that fits clearly
 * @returns {number} mm per mV
 */
export function fittingGain(rangeMv, roomMm, current) {
  if (!rangeMv) return current;
  const fits = (gain, share) => (rangeMv.high - rangeMv.low) * gain <= roomMm * share;
  const allowed = GAINS_MM_PER_MV.filter((gain) => gain <= FULL_GAIN).reverse();
  const best = allowed.find((gain) => fits(gain, 0.95)) ?? allowed.at(-1);
  return best <= current || fits(best, 0.8) ? best : current;
}

/**
 * @param {VerticalScale|null} now
 * @param {VerticalScale} next
 * @param {number} height of the strip in pixels
 * @returns {boolean} whether the difference is worth drawing the strip anew
 */
export function differs(now, next, height) {
  if (!now) return true;
  if (next.text !== now.text || next.detail !== now.detail) return true;
  if (next.gain !== null) return Math.abs(next.baseline - now.baseline) > height / 7;
  const stretched = Math.abs(next.pxPerUnit - now.pxPerUnit) > 0.25 * now.pxPerUnit;
  const moved = Math.abs(next.centre - now.centre) * now.pxPerUnit > height * 0.12;
  return stretched || moved;
}
