/** One numeric: label, unit, number, age; grey when stale, "--" when lost. */

import { find, fromTemplate, part, setData, setText } from "./dom.js";
import { shortAgeText, unitText } from "./format.js";
import { chosenCode, SHORT_LABELS, shown, shownPressure } from "./vitals.js";

/**
 * @param {import("./page.js").LivePage} page
 * @param {string} patient
 * @param {import("./types.js").Vital|undefined} vital
 * @returns {string} where a value comes from: the device's name and how the value came about
 */
export function sourceText(page, patient, vital) {
  if (!vital) return "";
  const devices = page.data.patients.find(({ id }) => id === patient)?.devices ?? [];
  const device = devices.find(({ uid }) => uid === vital.device)?.label || vital.device;
  return [device, vital.origin].filter(Boolean).join(", ");
}

export class Numeric {
  /**
   * @param {import("./page.js").LivePage} page
   * @param {string} patient
   * @param {{slot: string, codes: string[]}} place
   */
  constructor(page, patient, place) {
    this.page = page;
    this.patient = patient;
    this.place = place;
    this.element = fromTemplate("numeric-template");
    this.element.dataset.slot = place.slot;
    this.parts = Object.fromEntries(["label", "unit", "value", "age", "note"].map((name) => [name, part(name, this.element)]));
    this.source = this.element.querySelector('[data-part="source"]');
    this.code = "";
  }

  /** @param {number} now epoch seconds @returns {import("./vitals.js").Shown} what it shows now */
  update(now) {
    const { vitals, quantities } = this.page;
    const code = chosenCode(vitals, this.patient, this.place.codes, quantities, now);
    const quantity = quantities.get(code);
    if (code !== this.code) this.#dress(code, quantity);
    const what = code === "systolic_pressure" ? shownPressure(vitals, this.patient, quantities, now)
      : shown(vitals.get(this.patient, code), quantity, now);
    setData(this.element, "state", what.state);
    setData(this.element, "measured", String(what.measured));
    setText(this.parts.value, what.text);
    setText(this.parts.age, what.measured ? what.age && shortAgeText(what.ageSeconds) : "none yet");
    if (this.source) setText(this.source, sourceText(this.page, this.patient, vitals.get(this.patient, code)));
    return what;
  }

  #dress(code, quantity) {
    this.code = code;
    setData(this.element, "code", code);
    setData(this.element, "colour", quantity.colour);
    setText(this.parts.label, SHORT_LABELS[code] ?? quantity.label);
    setText(this.parts.unit, unitText(quantity.unit));
    // Without the ECG the rate comes from the pulse, and a rhythm cannot be seen.
    setText(this.parts.note, code === "pulse_rate" ? "rhythm alarms off" : "");
    find("dt", this.element).title = quantity.label;
  }
}
