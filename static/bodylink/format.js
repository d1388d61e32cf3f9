/** How numbers, units, ages and times are written on the pages. */

const UNITS = { "mm[Hg]": "mmHg", Cel: "°C", uV: "µV", "mg/dL": "mg/dL", "1": "", "{score}": "", Ohm: "Ω", "[pH]": "", "[IU]": "U" };
export const NOTHING = "--";

/** @param {number|null|undefined} value @param {number} decimals @returns {string} */
export function numberText(value, decimals) {
  return Number.isFinite(value) ? value.toFixed(decimals) : NOTHING;
}

/** @param {string} ucum @returns {string} as people write it */
export function unitText(ucum) {
  return UNITS[ucum] ?? ucum;
}

/** @param {number} seconds @returns {string} "41 s", "12 min", "2 h 5 min", "3 d" */
export function ageText(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min`;
  if (whole >= 86400) return `${Math.floor(whole / 86400)} d`;
  const minutes = Math.floor((whole % 3600) / 60);
  return minutes ? `${Math.floor(whole / 3600)} h ${minutes} min` : `${Math.floor(whole / 3600)} h`;
}

/** @param {number} seconds @returns {string} the same in the least room, beside a number: "41s", "12m", "2h 5m", "3d" */
export function shortAgeText(seconds) {
  return ageText(seconds).replace(" min", "m").replace(/ ([shd])/, "$1");
}

/** @param {number} seconds @returns {string} "0:41", "12:05", "1:02:33" */
export function durationText(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (number) => String(number).padStart(2, "0");
  const minutes = Math.floor(whole / 60) % 60;
  const hours = Math.floor(whole / 3600);
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** Writes times of one time zone. */
export class TimeText {
  #time;
  #day;

  /** @param {string} timezone IANA name */
  constructor(timezone) {
    const parts = { timeZone: timezone, hourCycle: "h23" };
    this.#time = new Intl.DateTimeFormat("en-GB", { ...parts, hour: "2-digit", minute: "2-digit", second: "2-digit" });
    this.#day = new Intl.DateTimeFormat("en-GB", { ...parts, day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
  }

  /** @param {number} t epoch seconds @returns {string} "14:32:05" */
  time(t) {
    return this.#time.format(t * 1000);
  }

  /** @param {string|null|undefined} iso @returns {string} "3 Jun, 14:32"; empty when there is no time */
  day(iso) {
    return iso ? this.#day.format(Date.parse(iso)) : "";
  }
}
