/** The alarm banner: the most urgent alarm of the page, and how many there are, the patients' apart from the equipment's. */

import { AlarmRow } from "./alarmrow.js";
import { find, part, setData, setHidden, setText } from "./dom.js";
import { isUnacknowledged, PRIORITIES } from "./alerts.js";

export class Banner {
  #page;
  #element = find('[data-testid="alarm-banner"]');
  #row;
  #people;

  /** @param {import("./page.js").LivePage} page */
  constructor(page) {
    this.#page = page;
    this.#row = new AlarmRow(page, part("top", this.#element));
    this.#people = new Map(page.data.patients.map((patient) => [patient.id, patient]));
  }

  /** @param {number} now epoch seconds */
  update(now) {
    const top = this.#page.alerts.open()[0];
    const patient = top && this.#people.get(top.patient);
    this.#row.show(top, now, { prefix: patient && this.#people.size > 1 ? `${patient.bed ? `Bed ${patient.bed} · ` : ""}${patient.name} · ` : "" });
    setHidden(part("none", this.#element), Boolean(top));
    setData(this.#element, "priority", top?.priority ?? "none");
    setData(this.#element, "acknowledged", String(Boolean(top) && !isUnacknowledged(top)));
    this.#open(top);
    const counts = this.#page.alerts.counts();
    for (const kind of ["physiological", "technical"]) {
      for (const priority of PRIORITIES) this.#count(kind, priority, counts[kind][priority]);
    }
  }

  #open(top) {
    const link = this.#element.querySelector('[data-part="open"]');
    if (!link) return;
    setHidden(link, !top);
    if (top) link.href = this.#page.data.urls.patient.replace("{id}", top.patient);
  }

  #count(kind, priority, count) {
    const element = find(`[data-count="${kind}-${priority}"]`, this.#element);
    setData(element, "empty", String(count === 0));
    setText(part("number", element), String(count));
  }
}
