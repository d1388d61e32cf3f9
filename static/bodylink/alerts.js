/** The alerts a page knows: merged by cursor, counted by priority, written as monitors write them. */

import { durationText } from "./format.js";

export const MARKS = { high: "***", medium: "**", low: "*" };
export const PRIORITIES = ["high", "medium", "low"];
const RANK = { high: 3, medium: 2, low: 1 };
/** So ends the text of a high alarm whose condition has passed, but that nobody has acknowledged (docs/live.md). */
const OVER = ", over";
/** A ward screen stays open for weeks: beyond this many, ended alerts are let go. */
const KEPT = 1000;

/** @param {import("./types.js").Alert} alert @returns {boolean} whether it still asks for something or goes on */
export function isOpen(alert) {
  if (alert.shelved || alert.kind === "retrospective") return false;
  return alert.state === "active" || alert.state === "acknowledged" || Boolean(alert.latched);
}

/** @param {import("./types.js").Alert} alert @returns {boolean} */
export function isUnacknowledged(alert) {
  return isOpen(alert) && alert.state !== "acknowledged";
}

/** Unacknowledged first, then priority, then the patient before the equipment, then the newest. */
export function byUrgency(a, b) {
  return (
    Number(isUnacknowledged(b)) - Number(isUnacknowledged(a)) ||
    RANK[b.priority] - RANK[a.priority] ||
    Number(a.kind === "technical") - Number(b.kind === "technical") ||
    Date.parse(b.since) - Date.parse(a.since)
  );
}

/**
 * @param {import("./types.js").Alert} alert
 * @param {number} now epoch seconds
 * @returns {string} "** SpO2 87 < 90 for 0:41"
 */
export function alarmText(alert, now) {
  const since = Date.parse(alert.since) / 1000;
  if (!isOpen(alert)) return `${MARKS[alert.priority]} ${alert.text}`;
  if (alert.state === "resolved") return `${MARKS[alert.priority]} ${alert.text}, ended`;
  if (alert.text.endsWith(OVER)) return `${MARKS[alert.priority]} ${alert.text}`;
  return `${MARKS[alert.priority]} ${alert.text} for ${durationText(now - since)}`;
}

/** Every alert by its id, the newest transition of each. */
export class AlertBook {
  /** @type {Map<string, {alert: import("./types.js").Alert, cursor: number}>} */
  #known = new Map();
  #newest;

  /** @param {import("./types.js").Alert[]} alerts @param {number} cursor as of these alerts */
  constructor(alerts = [], cursor = 0) {
    this.#newest = cursor;
    // Their own last transitions are not known here: whatever the stream says of them is as new or newer.
    for (const alert of alerts) this.#known.set(alert.id, { alert, cursor: 0 });
  }

  /** @returns {number} the newest cursor seen */
  get cursor() {
    return this.#newest;
  }

  /**
   * Takes a transition, also one that is resent or comes out of order; of equal cursors the later frame counts.
   * @param {import("./types.js").Alert} alert
   * @param {number} cursor
   * @returns {boolean} whether anything changed
   */
  merge(alert, cursor) {
    this.#newest = Math.max(this.#newest, cursor);
    const held = this.#known.get(alert.id);
    if (held && held.cursor > cursor) return false;
    this.#known.set(alert.id, { alert, cursor });
    if (this.#known.size > KEPT) this.#forgetEnded();
    return true;
  }

  #forgetEnded() {
    for (const [id, { alert }] of this.#known) if (!isOpen(alert)) this.#known.delete(id);
  }

  /**
   * The answer to an acknowledgement. It carries no cursor: the transition that follows on the stream wins.
   * @param {import("./types.js").Alert} alert
   */
  answer(alert) {
    const held = this.#known.get(alert.id);
    this.#known.set(alert.id, { alert: { ...held?.alert, ...alert }, cursor: held?.cursor ?? 0 });
  }

  /** @param {string} id */
  get(id) {
    return this.#known.get(id)?.alert;
  }

  /** @returns {import("./types.js").Alert[]} open ones, the most urgent first */
  open() {
    return [...this.#known.values()].map(({ alert }) => alert).filter(isOpen).sort(byUrgency);
  }

  /** @returns {Map<string, import("./types.js").Alert[]>} the same, by patient */
  openByPatient() {
    const byPatient = new Map();
    for (const alert of this.open()) {
      if (!byPatient.has(alert.patient)) byPatient.set(alert.patient, []);
      byPatient.get(alert.patient).push(alert);
    }
    return byPatient;
  }

  /** @param {string} patient @returns {import("./types.js").Alert[]} all, open ones first, then the newest */
  all(patient) {
    return [...this.#known.values()].map(({ alert }) => alert).filter((alert) => alert.patient === patient)
      .sort((a, b) => Number(isOpen(b)) - Number(isOpen(a)) || Date.parse(b.since) - Date.parse(a.since));
  }

  /** @returns {Record<"physiological"|"technical", Record<import("./types.js").Priority, number>>} open ones */
  counts() {
    const none = () => ({ high: 0, medium: 0, low: 0 });
    const counts = { physiological: none(), technical: none() };
    for (const alert of this.open()) counts[alert.kind][alert.priority] += 1;
    return counts;
  }
}

/**
 * @param {import("./types.js").Alert[]} alerts
 * @returns {import("./types.js").Priority|"none"} the highest among them
 */
export function highest(alerts) {
  return PRIORITIES.find((priority) => alerts.some((alert) => alert.priority === priority)) ?? "none";
}
