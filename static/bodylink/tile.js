/** One patient on the ward: who, how, the strip, the numbers, what alarms and what the devices do. */

import { AlarmRow } from "./alarmrow.js";
import { highest, isUnacknowledged } from "./alerts.js";
import { find, fromTemplate, part, setData, setHidden, setText } from "./dom.js";
import { showDevices, silentSince } from "./devices.js";
import { showBadge, standing } from "./news2.js";
import { Numeric } from "./numeric.js";
import { SLOTS, worse } from "./vitals.js";

const NO_SIGNAL_AFTER_S = 4;
const DELAY_SHOWN_FROM_S = 3;
/** Without one of these nobody can call a patient monitored; the slower quantities do not decide the order. */
const DECISIVE = new Set(["heart_rate", "spo2"]);

export class Tile {
  /** @type {import("./order.js").Need} */
  need;

  /** @param {import("./page.js").LivePage} page @param {import("./types.js").PatientInfo} patient */
  constructor(page, patient) {
    this.page = page;
    this.patient = patient;
    this.devices = patient.devices;
    this.element = fromTemplate("tile-template");
    this.element.dataset.patient = patient.id;
    this.need = { unacknowledged: "none", acknowledged: "none", worst: "live", bed: patient.bed };
    this.alarm = new AlarmRow(page, part("alarm", this.element));
    this.technical = new AlarmRow(page, part("technical", this.element));
    this.message = part("message", this.element);
    this.replayed = part("replayed", this.element);
    this.#identify();
    this.numerics = SLOTS.filter(({ codes }) => page.quantities.has(codes[0]))
      .map((place) => new Numeric(page, patient.id, place));
    part("numerics", this.element).append(...this.numerics.map(({ element }) => element));
    this.#addStrip();
  }

  #identify() {
    const { patient, page } = this;
    const link = part("name", this.element);
    link.textContent = patient.name;
    link.href = page.data.urls.patient.replace("{id}", patient.id);
    part("bed", this.element).textContent = patient.bed || "–";
    part("mrn", this.element).textContent = patient.mrn;
    part("simulated", this.element).hidden = !patient.simulated;
  }

  #addStrip() {
    const quantity = this.page.quantities.get("ecg");
    const canvas = find("canvas", this.element);
    canvas.dataset.colour = quantity.colour;
    canvas.setAttribute("aria-label", `ECG of ${this.patient.name}`);
    const scale = part("scale", this.element);
    this.page.sweep.add(this.patient.id, quantity, canvas, { onScale: ({ text }) => setText(scale, text) });
  }

  /** Once a second, and whenever something came for this patient. @param {number} now epoch seconds */
  update(now) {
    let worst = "live";
    for (const numeric of this.numerics) {
      const what = numeric.update(now);
      if (DECISIVE.has(numeric.place.slot) && what.measured) worst = worse(worst, what.state);
    }
    this.need.worst = worst;
    setData(this.element, "worst", worst);
    const score = standing(this.page.scores.get(this.patient.id), now);
    this.need.news2 = score.state === "live" ? score.lowest : 0;
    showBadge(part("news2", this.element), score);
    this.#strip(now);
    showDevices(part("devices", this.element), this.devices, this.page.vitals.heard(this.patient.id), now);
  }

  #strip(now) {
    const strip = this.page.sweep.strip(this.patient.id, "ecg");
    const delay = this.page.sweep.delay(this.patient.id);
    const silent = silentSince(strip.end, now);
    let text = "";
    if (!Number.isFinite(strip.end)) text = "No ECG";
    else if (silent > NO_SIGNAL_AFTER_S + (delay || 0)) text = "No ECG signal";
    else if (delay > DELAY_SHOWN_FROM_S) text = `${Math.round(delay)} s behind`;
    // Without the ECG the rate comes from the pulse, and a rhythm cannot be seen.
    if (this.numerics[0].code === "pulse_rate") text = `${text || "No heart rate"}: rate from pulse, rhythm alarms off`;
    setText(this.message, text);
    setHidden(this.message, !text);
    setHidden(this.replayed, strip.origin !== "replayed");
  }

  /** @param {import("./types.js").Alert[]} open alerts of this patient, the most urgent first @param {number} now */
  alarms(open, now) {
    const technical = open.filter((alert) => alert.kind === "technical");
    const physiological = open.filter((alert) => alert.kind !== "technical");
    const both = physiological.length > 0 && technical.length > 0;
    const first = physiological.length ? physiological : technical;
    this.alarm.show(first[0], now, { more: first.length - 1 });
    this.technical.show(both ? technical[0] : undefined, now, { more: technical.length - 1 });
    this.need.unacknowledged = highest(open.filter(isUnacknowledged));
    this.need.acknowledged = highest(open.filter((alert) => !isUnacknowledged(alert)));
    setData(this.element, "alarm", highest(physiological.filter(isUnacknowledged)));
  }
}
