/**
 * Display filters, in the band that patient monitors print on the strip (IEC 60601-2-27 monitoring mode,
 * 0.5 to 40 Hz). They serve the eye only: what is stored and analysed is never filtered here.
 */

/** Pass bands in Hz by kind of wave; a missing edge is open. */
export const BANDS = {
  ecg: { low: 0.5, high: 40, text: "0.5–40 Hz" },
  pulse: { low: 0.3, high: 12, text: "0.3–12 Hz" },
  breath: { low: 0.05, high: 3, text: "0.05–3 Hz" },
  other: { low: 0.5, high: 40, text: "0.5–40 Hz" },
};

/** First-order high pass, then second-order Butterworth low pass; starts anew after a gap. */
export class BandFilter {
  #highPass;
  #lowPass;
  #started = false;
  #x = 0;
  #y = 0;
  #z1 = 0;
  #z2 = 0;

  /**
   * @param {{low: number, high: number}} band Hz
   * @param {number} rate Hz
   */
  constructor(band, rate) {
    this.rate = rate;
    this.#highPass = Math.exp((-2 * Math.PI * band.low) / rate);
    this.#lowPass = band.high < rate * 0.45 ? butterworth(band.high, rate) : null;
  }

  /** Forgets what came before, so that a gap does not ring. */
  reset() {
    this.#started = false;
  }

  /**
   * @param {Float32Array} samples
   * @returns {Float32Array} of the same length
   */
  apply(samples) {
    const out = new Float32Array(samples.length);
    if (!this.#started) this.#start(samples);
    for (let index = 0; index < samples.length; index += 1) {
      const x = samples[index];
      this.#y = this.#highPass * (this.#y + x - this.#x);
      this.#x = x;
      out[index] = this.#lowPass ? this.#smooth(this.#y) : this.#y;
    }
    return out;
  }

  #start(samples) {
    // The middle of the first samples is the resting level: starting there avoids a long slide into view.
    this.#x = Float32Array.from(samples).sort()[samples.length >> 1] ?? 0;
    this.#y = 0;
    this.#z1 = 0;
    this.#z2 = 0;
    this.#started = true;
  }

  #smooth(x) {
    const { b0, b1, b2, a1, a2 } = this.#lowPass;
    const y = b0 * x + this.#z1;
    this.#z1 = b1 * x - a1 * y + this.#z2;
    this.#z2 = b2 * x - a2 * y;
    return y;
  }
}

/** Second-order Butterworth low pass by the bilinear transform. */
function butterworth(cutoff, rate) {
  const k = Math.tan((Math.PI * cutoff) / rate);
  const norm = 1 / (1 + Math.SQRT2 * k + k * k);
  const b0 = k * k * norm;
  return { b0, b1: 2 * b0, b2: b0, a1: 2 * (k * k - 1) * norm, a2: (1 - Math.SQRT2 * k + k * k) * norm };
}
