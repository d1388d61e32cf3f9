/** Who needs somebody first. */

const PRIORITY = { high: 3, medium: 2, low: 1, none: 0 };
const STATE = { live: 0, stale: 1, lost: 2 };

/**
 * @typedef {Object} Need
 * @property {import("./types.js").Priority|"none"} unacknowledged highest priority nobody has acknowledged
 * @property {import("./types.js").Priority|"none"} acknowledged highest priority that still goes on
 * @property {import("./types.js").VitalState} worst worst state of what is monitored
 * @property {number} [news2] at least so much; 0 where nothing is known
 * @property {string} bed
 */

/** @param {Need} a @param {Need} b @returns {number} for Array.prototype.sort */
export function byNeed(a, b) {
  return (
    PRIORITY[b.unacknowledged] - PRIORITY[a.unacknowledged] ||
    PRIORITY[b.acknowledged] - PRIORITY[a.acknowledged] ||
    (b.news2 ?? 0) - (a.news2 ?? 0) ||
    STATE[b.worst] - STATE[a.worst] ||
    byBed(a, b)
  );
}

/** @param {{bed: string}} a @param {{bed: string}} b */
export function byBed(a, b) {
  return a.bed.localeCompare(b.bed, "en", { numeric: true });
}
