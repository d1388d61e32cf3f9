/** A patient's last alerts: what, since when, in which state, and who acknowledged. */

import { AlarmRow } from "./alarmrow.js";
import { isOpen } from "./alerts.js";
import { fromTemplate, part, setData, setHidden, setText } from "./dom.js";

const SHOWN = 20;

/** @param {import("./types.js").Alert} alert @returns {string} */
export function stateText(alert) {
  if (alert.shelved) return "Shelved";
  if (alert.state === "pending") return "Pending";
  if (alert.state === "active") return "Active";
  const by = alert.acknowledged_by ? `acknowledged by ${alert.acknowledged_by}` : "";
  if (alert.state === "acknowledged") return by ? `A${by.slice(1)}` : "Acknowledged";
  if (alert.latched) return "Ended, not acknowledged";
  return by ? `Ended, ${by}` : "Ended";
}

export class AlertList {
  #page;
  #list;
  #patient;
  #rows = new Map();

  /** @param {import("./page.js").LivePage} page @param {HTMLElement} list @param {string} patient */
  constructor(page, list, patient) {
    this.#page = page;
    this.#list = list;
    this.#patient = patient;
  }

  /** @param {number} now epoch seconds */
  update(now) {
    const alerts = this.#page.alerts.all(this.#patient).slice(0, SHOWN);
    const ids = new Set(alerts.map((alert) => alert.id));
    for (const [id, { element }] of this.#rows) {
      if (ids.has(id)) continue;
      element.remove();
      this.#rows.delete(id);
    }
    alerts.forEach((alert, index) => {
      const { element } = this.#row(alert, now);
      if (this.#list.children[index] !== element) this.#list.insertBefore(element, this.#list.children[index] ?? null);
    });
    setHidden(this.#list.parentElement.querySelector('[data-testid="no-alerts"]'), alerts.length > 0);
  }

  #row(alert, now) {
    let row = this.#rows.get(alert.id);
    if (!row) {
      const element = fromTemplate("alert-template");
      row = { element, alarm: new AlarmRow(this.#page, part("alarm", element)) };
      this.#rows.set(alert.id, row);
    }
    row.alarm.show(alert, now);
    setData(row.element, "state", alert.state);
    setData(row.element, "open", String(isOpen(alert)));
    setText(part("when", row.element), this.#page.times.day(alert.since));
    setText(part("state", row.element), `${alert.kind === "physiological" ? "" : `${alert.kind}, `}${stateText(alert)}`);
    return row;
  }
}
