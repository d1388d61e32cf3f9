/**
 * Waveforms on the wire and in memory: the decoder of the stream's binary frames (docs/live.md), and per
 * patient and channel a buffer keyed by time in which a gap stays a gap.
 */

const FRAME_HEADER_BYTES = 8;
const VERSION = 1;
const SEGMENT_HEADER_BYTES = 44;
const SAMPLE_ARRAYS = [Int16Array, Uint16Array, Int32Array];

export const ORIGINS = ["measured", "derived", "manual", "simulated", "replayed"];

/** Segments whose ends lie closer than this belong together: device clocks jitter by some milliseconds. */
const JOIN_TOLERANCE_S = 0.02;

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/**
 * @typedef {Object} Segment
 * @property {string} patient uuid
 * @property {number} quantity number of the register
 * @property {string} origin
 * @property {number} start epoch seconds of the first sample
 * @property {number} end epoch seconds at which the next sample would be
 * @property {number} rate Hz
 * @property {Float32Array} samples physical values
 * @property {Float32Array} [display] the same, filtered for the eye
 * @property {number} [arrivedMs] performance.now() at which it came
 * @property {boolean} [shown] whether some of it has been drawn
 */

/**
 * @param {ArrayBuffer} buffer one binary frame
 * @returns {{seq: number, segments: Segment[]}}
 * @throws {RangeError} on an unknown version, an unknown sample type or a frame cut short
 */
export function decodeFrame(buffer) {
  const view = new DataView(buffer);
  if (view.getUint8(0) !== VERSION) throw new RangeError(`wave frame of version ${view.getUint8(0)}`);
  const count = view.getUint16(2, true);
  const segments = [];
  let offset = FRAME_HEADER_BYTES;
  for (let index = 0; index < count; index += 1) {
    const { segment, next } = decodeSegment(buffer, view, offset);
    segments.push(segment);
    offset = next;
  }
  return { seq: view.getUint32(4, true), segments };
}

function decodeSegment(buffer, view, offset) {
  const Samples = SAMPLE_ARRAYS[view.getUint8(offset + 18)];
  if (!Samples) throw new RangeError(`sample type ${view.getUint8(offset + 18)}`);
  const start = view.getFloat64(offset + 20, true);
  const rate = view.getFloat32(offset + 28, true);
  const count = view.getUint32(offset + 40, true);
  const first = offset + SEGMENT_HEADER_BYTES;
  const raw = new Samples(buffer, first, count);
  const segment = {
    patient: uuidAt(view, offset),
    quantity: view.getUint16(offset + 16, true),
    origin: ORIGINS[view.getUint8(offset + 19)] ?? "unknown",
    start,
    end: start + count / rate,
    rate,
    samples: physical(raw, view.getFloat32(offset + 32, true), view.getFloat32(offset + 36, true)),
  };
  const bytes = count * Samples.BYTES_PER_ELEMENT;
  return { segment, next: first + bytes + ((4 - (bytes % 4)) % 4) };
}

function physical(raw, scale, zero) {
  const samples = new Float32Array(raw.length);
  for (let index = 0; index < raw.length; index += 1) samples[index] = raw[index] * scale + zero;
  return samples;
}

function uuidAt(view, offset) {
  let text = "";
  for (let index = 0; index < 16; index += 1) {
    if (index === 4 || index === 6 || index === 8 || index === 10) text += "-";
    text += HEX[view.getUint8(offset + index)];
  }
  return text;
}

/** The newest seconds of one channel of one patient, as segments in order of time that never overlap. */
export class WaveBuffer {
  /** @type {Segment[]} */
  segments = [];
  #keepSeconds;

  /** @param {number} keepSeconds older segments are let go */
  constructor(keepSeconds) {
    this.#keepSeconds = keepSeconds;
  }

  /** @returns {number} epoch seconds up to which samples are there; -Infinity when there are none */
  get end() {
    return this.segments.length ? this.segments[this.segments.length - 1].end : -Infinity;
  }

  /**
   * Takes a segment at its own time. What is already there stays: only the part that is new is kept.
   * @param {Segment} segment
   * @returns {Segment|null} the part that was kept, null when nothing of it was new
   */
  add(segment) {
    if (segment.end <= this.end - this.#keepSeconds) return null;
    let place = this.segments.length;
    while (place > 0 && this.segments[place - 1].start > segment.start) place -= 1;
    const kept = between(segment, this.segments[place - 1], this.segments[place]);
    if (!kept) return null;
    this.segments.splice(place, 0, kept);
    const oldest = this.end - this.#keepSeconds;
    while (this.segments[0].end < oldest) this.segments.shift();
    return kept;
  }

  /** @param {Segment} segment one that is in the buffer @returns {Segment|undefined} the one before it in time */
  before(segment) {
    return this.segments[this.segments.lastIndexOf(segment) - 1];
  }

  /**
   * @param {number} from epoch seconds
   * @param {number} to epoch seconds
   * @returns {Segment[]} segments that hold samples in (from, to]
   */
  within(from, to) {
    let first = this.segments.length;
    while (first > 0 && this.segments[first - 1].end > from) first -= 1;
    let last = first;
    while (last < this.segments.length && this.segments[last].start <= to) last += 1;
    return this.segments.slice(first, last);
  }
}

/** Cuts from a segment what its neighbours in time already hold; jitter of some milliseconds is no overlap. */
function between(segment, before, after) {
  let { start, samples } = segment;
  const { rate } = segment;
  if (before && before.end - start > JOIN_TOLERANCE_S) {
    const skip = Math.ceil((before.end - start) * rate - 1e-6);
    samples = samples.subarray(skip);
    start += skip / rate;
  }
  if (after && start + samples.length / rate - after.start > JOIN_TOLERANCE_S) {
    samples = samples.subarray(0, Math.max(0, Math.ceil((after.start - start) * rate - 1e-6)));
  }
  if (!samples.length) return null;
  return { ...segment, start, end: start + samples.length / rate, samples };
}

/**
 * @param {number} earlier time of a sample, epoch seconds
 * @param {number} later time of the sample after it
 * @param {number} rate Hz
 * @returns {boolean} whether a line may join the two; otherwise there is a gap
 */
export function joined(earlier, later, rate) {
  return later - earlier <= 1.5 / rate + JOIN_TOLERANCE_S;
}
