import assert from "node:assert/strict";
import { test } from "node:test";

import { decodeFrame, joined, WaveBuffer } from "../../static/bodylink/waves.js";

const PATIENT = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";

/** Writes a frame byte by byte as docs/live.md says, independently of the decoder. */
function frame(segments, { version = 1, seq = 7 } = {}) {
  const sizes = [2, 2, 4];
  const padded = (segment) => Math.ceil((segment.samples.length * sizes[segment.dtype]) / 4) * 4;
  const buffer = new ArrayBuffer(8 + segments.reduce((sum, segment) => sum + 44 + padded(segment), 0));
  const view = new DataView(buffer);
  view.setUint8(0, version);
  view.setUint16(2, segments.length, true);
  view.setUint32(4, seq, true);
  let at = 8;
  for (const segment of segments) {
    const hex = PATIENT.replaceAll("-", "");
    for (let index = 0; index < 16; index += 1) view.setUint8(at + index, parseInt(hex.slice(2 * index, 2 * index + 2), 16));
    view.setUint16(at + 16, segment.quantity, true);
    view.setUint8(at + 18, segment.dtype);
    view.setUint8(at + 19, segment.origin);
    view.setFloat64(at + 20, segment.start, true);
    view.setFloat32(at + 28, segment.rate, true);
    view.setFloat32(at + 32, segment.scale, true);
    view.setFloat32(at + 36, segment.offset, true);
    view.setUint32(at + 40, segment.samples.length, true);
    segment.samples.forEach((sample, index) => {
      const place = at + 44 + index * sizes[segment.dtype];
      if (segment.dtype === 0) view.setInt16(place, sample, true);
      else if (segment.dtype === 1) view.setUint16(place, sample, true);
      else view.setInt32(place, sample, true);
    });
    at += 44 + padded(segment);
  }
  return buffer;
}

const ECG = { quantity: 1, dtype: 0, origin: 3, start: 1763600000.25, rate: 250, scale: 2.5, offset: -1, samples: [12, -14, 3] };

test("a frame gives patient, quantity, origin, time and physical values of every segment", () => {
  const ppg = { quantity: 3, dtype: 1, origin: 0, start: 1763600000.5, rate: 100, scale: 1, offset: 0, samples: [50211, 65535] };
  const wide = { quantity: 2, dtype: 2, origin: 4, start: 1763600001, rate: 100, scale: 0.5, offset: 0, samples: [-100000] };
  const { seq, segments } = decodeFrame(frame([ECG, ppg, wide]));
  assert.equal(seq, 7);
  assert.deepEqual(segments.map(({ patient }) => patient), [PATIENT, PATIENT, PATIENT]);
  assert.deepEqual(segments.map(({ quantity, origin }) => [quantity, origin]), [[1, "simulated"], [3, "measured"], [2, "replayed"]]);
  assert.deepEqual([...segments[0].samples], [29, -36, 6.5]);
  assert.deepEqual([...segments[1].samples], [50211, 65535]);
  assert.deepEqual([...segments[2].samples], [-50000]);
  assert.equal(segments[0].start, 1763600000.25);
  assert.ok(Math.abs(segments[0].end - segments[0].start - 3 / 250) < 1e-6);
});

test("a frame of another version, of an unknown sample type or cut short is refused", () => {
  assert.throws(() => decodeFrame(frame([ECG], { version: 2 })), RangeError);
  assert.throws(() => decodeFrame(frame([{ ...ECG, dtype: 1 }]).slice(0, 40)), RangeError);
  const unknown = frame([ECG]);
  new DataView(unknown).setUint8(8 + 18, 9);
  assert.throws(() => decodeFrame(unknown), RangeError);
});

const segment = (start, count, rate = 100, first = 0) => ({
  patient: PATIENT, quantity: 1, origin: "measured", start, end: start + count / rate, rate,
  samples: Float32Array.from({ length: count }, (_, index) => first + index),
});

test("segments stay in order of time whatever order they come in", () => {
  const buffer = new WaveBuffer(60);
  for (const start of [10, 12, 11]) buffer.add(segment(start, 100));
  assert.deepEqual(buffer.segments.map(({ start }) => start), [10, 11, 12]);
  assert.equal(buffer.end, 13);
});

test("a missing second is a gap and no line joins its ends", () => {
  const buffer = new WaveBuffer(60);
  buffer.add(segment(10, 100));
  buffer.add(segment(12, 100));
  const [before, after] = buffer.within(10, 13);
  assert.equal(joined(before.end - 0.01, after.start, 100), false);
});

test("segments that follow each other within the jitter of a clock are joined", () => {
  assert.equal(joined(10.99, 11.0, 100), true);
  assert.equal(joined(10.99, 11.012, 100), true);
  assert.equal(joined(10.99, 11.2, 100), false);
});

test("the same segment twice is kept once", () => {
  const buffer = new WaveBuffer(60);
  assert.ok(buffer.add(segment(10, 100)));
  assert.equal(buffer.add(segment(10, 100)), null);
  assert.equal(buffer.segments.length, 1);
});

test("of an overlap only the part that is new is kept, and what was there stays", () => {
  const buffer = new WaveBuffer(60);
  buffer.add(segment(10, 100));
  const kept = buffer.add(segment(10.5, 100, 100, 500));
  assert.equal(kept.start, 11);
  assert.equal(kept.samples.length, 50);
  assert.equal(kept.samples[0], 550);
  const before = buffer.add(segment(9.5, 100, 100, 900));
  assert.deepEqual([before.start, before.end, before.samples.length], [9.5, 10, 50]);
});

test("what is older than the buffer keeps is let go", () => {
  const buffer = new WaveBuffer(5);
  for (let start = 0; start < 20; start += 1) buffer.add(segment(start, 100));
  assert.equal(buffer.segments[0].start, 14);
  assert.equal(buffer.add(segment(3, 100)), null);
});

test("within gives only segments that reach into the span", () => {
  const buffer = new WaveBuffer(60);
  for (const start of [10, 11, 12, 13]) buffer.add(segment(start, 100));
  assert.deepEqual(buffer.within(11.5, 12.5).map(({ start }) => start), [11, 12]);
  assert.deepEqual(buffer.within(20, 21), []);
});
