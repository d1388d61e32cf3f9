/**
 * How strips are shown on this screen: millimetres of paper in pixels, speed, gain, filter. Kept in the
 * browser, because it belongs to the screen and not to the person.
 */

const PX_PER_MM_KEY = "bodylink.px_per_mm";
const VIEW_KEY = "bodylink.view.";

/** CSS defines 96 px to the inch; real screens differ, hence the calibration. */
export const NOMINAL_PX_PER_MM = 96 / 25.4;
export const SPEEDS_MM_PER_S = [6.25, 12.5, 25, 50];
export const GAINS_MM_PER_MV = [2.5, 5, 10, 20, 40];
const PX_PER_MM_LIMITS = [1.5, 20];

/** Fires "change" whenever something about the view changed. */
export class View extends EventTarget {
  #page;
  #storage;
  pxPerMm = NOMINAL_PX_PER_MM;
  calibrated = false;
  mmPerSecond = 25;
  /** @type {number|"auto"} "auto" is 10, and less only where the wave would not fit */
  gain = "auto";
  filtered = true;

  /**
   * @param {string} page name under which speed, gain and filter are kept
   * @param {Storage} [storage]
   */
  constructor(page, storage = globalThis.localStorage) {
    super();
    this.#page = page;
    this.#storage = storage;
    const pxPerMm = Number(storage.getItem(PX_PER_MM_KEY));
    if (pxPerMm >= PX_PER_MM_LIMITS[0] && pxPerMm <= PX_PER_MM_LIMITS[1]) {
      this.pxPerMm = pxPerMm;
      this.calibrated = true;
    }
    this.#restore(storage.getItem(VIEW_KEY + page));
  }

  #restore(text) {
    if (!text) return;
    const kept = JSON.parse(text);
    if (SPEEDS_MM_PER_S.includes(kept.mmPerSecond)) this.mmPerSecond = kept.mmPerSecond;
    if (kept.gain === "auto" || GAINS_MM_PER_MV.includes(kept.gain)) this.gain = kept.gain;
    if (typeof kept.filtered === "boolean") this.filtered = kept.filtered;
  }

  /** @returns {number} */
  get pxPerSecond() {
    return this.pxPerMm * this.mmPerSecond;
  }

  /** @param {number} pxPerMm measured on this screen */
  calibrate(pxPerMm) {
    this.pxPerMm = Math.min(PX_PER_MM_LIMITS[1], Math.max(PX_PER_MM_LIMITS[0], pxPerMm));
    this.calibrated = true;
    this.#storage.setItem(PX_PER_MM_KEY, String(this.pxPerMm));
    this.dispatchEvent(new Event("change"));
  }

  /** Back to the nominal size of a CSS pixel. */
  forget() {
    this.pxPerMm = NOMINAL_PX_PER_MM;
    this.calibrated = false;
    this.#storage.removeItem(PX_PER_MM_KEY);
    this.dispatchEvent(new Event("change"));
  }

  /** @param {{mmPerSecond?: number, gain?: number|"auto", filtered?: boolean}} change */
  set(change) {
    Object.assign(this, change);
    const { mmPerSecond, gain, filtered } = this;
    this.#storage.setItem(VIEW_KEY + this.#page, JSON.stringify({ mmPerSecond, gain, filtered }));
    this.dispatchEvent(new Event("change"));
  }
}
