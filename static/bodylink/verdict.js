/** The three answers a person gets about a measurement: is it usual for you, how do we know, what to do. */

import { ageText } from "./format.js";
import { MEASUREMENTS } from "./portalwords.js";

const POOR_QUALITY = 0.5;
const CHECK_SENSOR = "Check that your sensor is on and sits well.";
const MEASURE_AGAIN = "Ask your care team when to measure again.";

/**
 * @typedef {Object} Verdict
 * @property {"not-measured"|"old"|"poor"|"alarm"|"compare"|"unknown"} kind
 * @property {string} word a few words for the head of the card
 * @property {string} answer is it usual for you
 * @property {string} todo what to do
 */

/**
 * @param {Object} known
 * @param {import("./vitals.js").Shown} known.what the value as it stands on the page
 * @param {import("./types.js").Vital} [known.vital] where it comes from
 * @param {import("./types.js").Alert} [known.alert] an open alert about this measurement
 * @param {number|null} [known.usual] the person's usual value, where the twin knows it
 * @param {string} [known.adults] what most adults have
 * @returns {Verdict}
 */
export function verdict({ what, vital, alert, usual, adults = "" }) {
  if (!what.measured) {
    return { kind: "not-measured", word: "Not measured", answer: "Nobody is measuring this right now. That is fine.", todo: "Nothing to do." };
  }
  if (what.state === "lost") {
    return { kind: "old", word: "No new reading", answer: `The last reading came ${ageText(what.ageSeconds)} ago. It is too old to use.`,
      todo: vital?.origin === "manual" ? MEASURE_AGAIN : CHECK_SENSOR };
  }
  if (Number.isFinite(vital?.quality) && vital.quality < POOR_QUALITY) {
    return { kind: "poor", word: "Poor reading", answer: "The signal is too weak or shaky. We cannot say if this is right.", todo: `Sit still for a minute. ${CHECK_SENSOR}` };
  }
  if (alert) return alarmVerdict(alert);
  if (Number.isFinite(usual)) {
    return { kind: "compare", word: `Usually about ${Math.round(usual)}`, answer: `Right now it is ${what.text}. You usually have about ${Math.round(usual)}.`, todo: "Nothing to do." };
  }
  return { kind: "unknown", word: "Usual not known yet", answer: `We do not know yet what is usual for you. ${adults}`.trim(), todo: "Nothing to do." };
}

function alarmVerdict({ value, limit, priority }) {
  const known = Number.isFinite(value) && Number.isFinite(limit);
  const side = value < limit ? "lower" : "higher";
  const answer = known ? `It is ${side} than the limit your care team set.` : "It is outside the limit your care team set.";
  const calm = "Your care team can see this. If you feel unwell, tell them.";
  const urgent = "Your care team can see this. Sit down. If you feel unwell, call for help now.";
  return { kind: "alarm", word: known ? `${side[0].toUpperCase()}${side.slice(1)} than your limit` : "Outside your limit", answer, todo: priority === "high" ? urgent : calm };
}

/**
 * @param {import("./types.js").Alert[]} open
 * @param {string[]} codes quantities of one measurement
 * @returns {import("./types.js").Alert|undefined} the open alert about it: rules are named after their quantity
 */
export function alertAbout(open, codes) {
  return open.find((alert) => alert.kind === "physiological" && codes.some((code) => alert.code.startsWith(code)));
}

/**
 * @param {import("./types.js").Alert} alert
 * @returns {string} "Oxygen in your blood: 86 is lower than your limit of 90"
 */
export function plainText(alert) {
  const measurement = MEASUREMENTS.find(({ codes }) => alertAbout([alert], codes));
  if (!measurement || !Number.isFinite(alert.value) || !Number.isFinite(alert.limit)) return alert.text;
  const side = alert.value < alert.limit ? "lower" : "higher";
  const [value, limit] = [alert.value, alert.limit].map((number) => Math.round(number * 10) / 10);
  return `${measurement.title}: ${value} is ${side} than your limit of ${limit}`;
}

/**
 * @param {import("./types.js").Organ[]} organs
 * @param {string} code
 * @returns {number|null} the person's usual value, if some reason of the twin names it
 */
export function usualOf(organs, code) {
  const reason = organs.flatMap((organ) => organ.reasons).find((one) => one.code === code && Number.isFinite(one.usual));
  return reason ? reason.usual : null;
}
