/**
 * The newest value of each quantity, and whether it may still be believed. The server states that; the page
 * ages every value by itself as well, because a server that has gone silent cannot say so.
 */

import { ageText, NOTHING, numberText } from "./format.js";

const RANK = { live: 0, stale: 1, lost: 2 };
const LIVE_INTERVALS = 3;
const LIVE_FLOOR_S = 5;
const STALE_INTERVALS = 10;
const STALE_FLOOR_S = 30;
/** Nobody enters a temperature every ten seconds. */
const BY_HAND_INTERVAL_S = 7200;
/** From here on the age is written beside the number, also while the value still counts as live. */
const AGE_SHOWN_FROM_S = 10;
/** Two pressures belong to one measurement when they were taken at the same moment, or nearly so. */
const SAME_MEASUREMENT_S = 60;

/**
 * What stands where on a tile: the first code that is there and not lost, or else the first one known.
 * @type {{slot: string, codes: string[]}[]}
 */
export const SLOTS = [
  { slot: "heart_rate", codes: ["heart_rate", "pulse_rate"] },
  { slot: "spo2", codes: ["spo2"] },
  { slot: "respiratory_rate", codes: ["respiratory_rate"] },
  { slot: "blood_pressure", codes: ["systolic_pressure"] },
  { slot: "temperature", codes: ["core_temperature", "skin_temperature"] },
];

/** Short names, as monitors print them. */
export const SHORT_LABELS = {
  heart_rate: "HR", pulse_rate: "Pulse", spo2: "SpO₂", respiratory_rate: "RR", systolic_pressure: "BP",
  core_temperature: "T core", skin_temperature: "T skin",
};

/**
 * @param {number} ageSeconds
 * @param {number} expectedIntervalSeconds
 * @returns {import("./types.js").VitalState}
 */
export function stateByAge(ageSeconds, expectedIntervalSeconds) {
  if (ageSeconds <= Math.max(LIVE_FLOOR_S, LIVE_INTERVALS * expectedIntervalSeconds)) return "live";
  if (ageSeconds <= Math.max(STALE_FLOOR_S, STALE_INTERVALS * expectedIntervalSeconds)) return "stale";
  return "lost";
}

/** @param {import("./types.js").VitalState} a @param {import("./types.js").VitalState} b */
export function worse(a, b) {
  return RANK[a] >= RANK[b] ? a : b;
}

/**
 * @typedef {Object} Shown a value as it stands on the page
 * @property {import("./types.js").VitalState} state
 * @property {boolean} measured false when there has never been a value
 * @property {string} text
 * @property {string} age empty while the value is fresh
 * @property {number} ageSeconds
 */

/**
 * @param {import("./types.js").Vital|undefined} vital
 * @param {import("./types.js").Quantity} quantity
 * @param {number} now epoch seconds by the server's clock
 * @returns {Shown}
 */
export function shown(vital, quantity, now) {
  if (!vital) return { state: "lost", measured: false, text: NOTHING, age: "", ageSeconds: Infinity };
  const ageSeconds = Math.max(0, now - vital.epoch);
  const expectedSeconds = vital.origin === "manual" ? Math.max(quantity.expected_interval_s, BY_HAND_INTERVAL_S) : quantity.expected_interval_s;
  const byAge = Number.isFinite(vital.value) ? stateByAge(ageSeconds, expectedSeconds) : "lost";
  const state = worse(vital.state ?? "lost", byAge);
  return {
    state,
    measured: true,
    text: state === "lost" ? NOTHING : quantity.categories?.[vital.value] ?? numberText(vital.value, quantity.decimals),
    age: state !== "live" || ageSeconds >= AGE_SHOWN_FROM_S ? ageText(ageSeconds) : "",
    ageSeconds,
  };
}

/**
 * @param {VitalBook} book
 * @param {string} patient
 * @param {Map<string, import("./types.js").Quantity>} quantities
 * @param {number} now
 * @returns {Shown & {complete: boolean}} "120/80"; the lower number only when it belongs to the same measurement
 */
export function shownPressure(book, patient, quantities, now) {
  const systolic = book.get(patient, "systolic_pressure");
  const diastolic = book.get(patient, "diastolic_pressure");
  const upper = shown(systolic, quantities.get("systolic_pressure"), now);
  const paired = systolic && diastolic && Math.abs(systolic.epoch - diastolic.epoch) <= SAME_MEASUREMENT_S;
  const lower = paired ? shown(diastolic, quantities.get("diastolic_pressure"), now) : null;
  const text = upper.state === "lost" ? NOTHING : `${upper.text}/${lower ? lower.text : NOTHING}`;
  return { ...upper, text, complete: Boolean(lower) };
}

/** The newest vital of each patient and code. */
export class VitalBook {
  /** @type {Map<string, Map<string, import("./types.js").Vital & {epoch: number}>>} */
  #patients = new Map();

  /**
   * Merges by code; what is older than what is known changes nothing.
   * @param {string} patient
   * @param {import("./types.js").Vital[]} vitals
   */
  merge(patient, vitals) {
    if (!this.#patients.has(patient)) this.#patients.set(patient, new Map());
    const known = this.#patients.get(patient);
    for (const vital of vitals) {
      const epoch = Date.parse(vital.at) / 1000;
      const held = known.get(vital.code);
      if (Number.isNaN(epoch) || (held && held.epoch > epoch)) continue;
      known.set(vital.code, { ...vital, epoch });
    }
  }

  /** @param {string} patient @param {string} code */
  get(patient, code) {
    return this.#patients.get(patient)?.get(code);
  }

  /** @param {string} patient @returns {string[]} codes of which there is a value */
  codes(patient) {
    return [...(this.#patients.get(patient)?.keys() ?? [])];
  }

  /** @param {string} patient @returns {number} epoch seconds of the newest value a device sent; -Infinity without one */
  heard(patient) {
    let newest = -Infinity;
    for (const vital of this.#patients.get(patient)?.values() ?? []) {
      if (vital.device && vital.epoch > newest) newest = vital.epoch;
    }
    return newest;
  }
}

/**
 * @param {VitalBook} book
 * @param {string} patient
 * @param {string[]} codes in order of preference
 * @param {Map<string, import("./types.js").Quantity>} quantities
 * @param {number} now
 * @returns {string} the code to show
 */
export function chosenCode(book, patient, codes, quantities, now) {
  const known = codes.filter((code) => book.get(patient, code) && quantities.has(code));
  const usable = known.find((code) => shown(book.get(patient, code), quantities.get(code), now).state !== "lost");
  return usable ?? known[0] ?? codes[0];
}
