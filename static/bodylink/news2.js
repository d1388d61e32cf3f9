/** NEWS2 as the pages write it. A score is a number only while its inputs decide it; else it is a range with a "?". */

import { part, setData, setText } from "./dom.js";

/** The stream repeats a score every 15 s; one that was not repeated for this long is not shown any more. */
const HOLDS_FOR_S = 60;
const UNKNOWN = "–";
const WORDS = { low: "low risk", "low-medium": "low to medium risk", medium: "medium risk", high: "high risk" };

/**
 * @typedef {Object} Standing
 * @property {"live"|"lost"|"none"} state none: does not apply, or nothing at all is known
 * @property {string} text "5", "5–8?", "–"
 * @property {number} lowest
 * @property {string} risk of the lowest score: low, low-medium, medium, high; unknown where there is none
 * @property {string} words for a tooltip and a screen reader
 */

/**
 * @param {import("./types.js").News2|undefined} score
 * @param {number} now epoch seconds by the server's clock
 * @returns {Standing}
 */
export function standing(score, now) {
  const nothing = { text: UNKNOWN, lowest: 0, risk: "unknown" };
  if (!score) return { ...nothing, state: "none", words: "No NEWS2" };
  if (!score.applicable) return { ...nothing, state: "none", words: score.not_applicable_because };
  if (!(now - Date.parse(score.at) / 1000 <= HOLDS_FOR_S)) return { ...nothing, state: "lost", words: "NEWS2 is not being computed now" };
  if (score.missing.length === score.parts.length) return { ...nothing, state: "none", words: "NEWS2: nothing is known yet" };
  const { lowest, highest } = score.response;
  const decided = score.total !== null;
  const text = decided ? String(score.total) : `${score.lowest}–${score.highest}?`;
  const risk = lowest.risk === highest.risk ? WORDS[lowest.risk] : `${WORDS[lowest.risk]}, or up to ${WORDS[highest.risk]}`;
  const missing = decided ? "" : `; missing or too old: ${score.missing.join(", ").toLowerCase()}`;
  return { state: "live", text, lowest: score.lowest, risk: lowest.risk, words: `NEWS2 ${text}, ${risk}${missing}` };
}

/** @param {HTMLElement} element with the parts news2-score and news2-words @param {Standing} what */
export function showBadge(element, what) {
  setData(element, "risk", what.risk);
  setData(element, "state", what.state);
  setText(part("news2-score", element), what.text);
  setText(part("news2-words", element), what.words);
  if (element.title !== what.words) element.title = what.words;
}
