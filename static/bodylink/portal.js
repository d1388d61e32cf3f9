/** A person's own body, in plain words. */

import { BodyMap } from "./bodymap.js";
import { find, fromTemplate, part, setData, setHidden, setIcon, setText } from "./dom.js";
import { Forecasts } from "./forecast.js";
import { freezeToggle } from "./freeze.js";
import { ORGANS, orUnknown, reasonText, showReserve, STATUS } from "./organs.js";
import { LivePage } from "./page.js";
import { MEASUREMENTS, ORGAN_WORDS, plainReserve, STATUS_WORDS, TEMPERATURE } from "./portalwords.js";
import { kindOf } from "./trace.js";
import { alertAbout, plainText, usualOf, verdict } from "./verdict.js";
import { chosenCode, shown, shownPressure } from "./vitals.js";

const NO_SIGNAL_AFTER_S = 4;

class Portal {
  #page = new LivePage("portal");
  #person = this.#page.data.patients[0];
  #organs = this.#page.data.organs ?? [];
  #cards = MEASUREMENTS.filter(({ codes }) => this.#page.quantities.has(codes[0])).map((measurement) => this.#measurementCard(measurement));
  #map = new BodyMap(find('[data-testid="body-map"]'), this.#organs);
  #organCards = ORGANS.map(({ organ, label }) => this.#organCard(organ, label));
  #channel = null;
  #dirty = false;

  start() {
    const page = this.#page;
    this.#showOrgans();
    page.addEventListener("channel", ({ detail }) => this.#strip(detail.quantity));
    page.addEventListener("vitals", () => (this.#dirty = true));
    page.addEventListener("alerts", () => (this.#dirty = true));
    page.addEventListener("twin", ({ detail }) => {
      this.#organs = detail.organs;
      this.#map.update(detail.organs);
      this.#showOrgans();
    });
    page.addEventListener("second", ({ detail }) => this.#update(detail.now));
    page.sweep.onFrame = () => this.#dirty && this.#update(page.clock.now());
    freezeToggle(page);
    new Forecasts(page, find('[data-testid="forecast"]'), this.#person.id, { plain: true }).start();
    page.start({ patient: this.#person.id });
  }

  /** The heartbeat by the ECG if there is one, else by the pulse. */
  #strip(quantity) {
    const kind = kindOf(quantity.code);
    if (kind !== "ecg" && (kind !== "pulse" || this.#channel)) return;
    if (this.#channel) this.#page.sweep.remove(this.#person.id, this.#channel);
    const canvas = document.createElement("canvas");
    canvas.className = "strip__canvas";
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", "Heartbeat, live");
    const paper = find('[data-testid="pulse-strip"]');
    setData(paper, "colour", quantity.colour);
    paper.querySelector("canvas")?.remove();
    paper.prepend(canvas);
    this.#channel = quantity.code;
    this.#page.sweep.add(this.#person.id, quantity, canvas, { onScale: ({ text }) => setText(part("scale", paper), `${quantity.label}, ${text}`) });
  }

  #measurementCard(measurement) {
    const element = fromTemplate("measurement-template");
    element.dataset.slot = measurement.slot;
    setIcon(find("svg", element), measurement.icon);
    setText(part("title", element), measurement.title);
    setText(part("unit", element), measurement.unit);
    find('[data-testid="measurements"]').append(element);
    return { measurement, element };
  }

  #organCard(organ, label) {
    const element = fromTemplate("own-organ-template");
    element.dataset.organ = organ;
    element.id = `organ-${organ}`;
    setIcon(find("svg", element), organ);
    setText(part("title", element), label);
    setText(part("what", element), ORGAN_WORDS[organ]);
    find('[data-testid="organs"]').append(element);
    return { organ, element };
  }

  #update(now) {
    this.#dirty = false;
    const open = this.#page.alerts.open().filter((alert) => alert.patient === this.#person.id);
    for (const card of this.#cards) this.#measure(card, open, now);
    this.#messages(open);
    this.#heartbeat(now);
  }

  #measure({ measurement, element }, open, now) {
    const { vitals, quantities } = this.#page;
    const code = chosenCode(vitals, this.#person.id, measurement.codes, quantities, now);
    const vital = vitals.get(this.#person.id, code);
    const what = code === "systolic_pressure" ? shownPressure(vitals, this.#person.id, quantities, now) : shown(vital, quantities.get(code), now);
    const words = { ...measurement, ...(vital ? TEMPERATURE[code] : {}) };
    const said = verdict({ what, vital, alert: alertAbout(open, measurement.codes), usual: usualOf(this.#organs, code), adults: words.adults });
    setData(element, "code", code);
    setData(element, "colour", quantities.get(code).colour);
    setData(element, "state", what.state);
    setData(element, "verdict", said.kind);
    setText(part("value", element), what.text);
    setHidden(part("reading", element), !what.measured);
    setText(part("age", element), what.age ? `${what.age} ago` : "");
    setText(part("what", element), words.what);
    setText(part("word", element), said.word);
    setText(part("answer", element), said.answer);
    setText(part("todo", element), said.todo);
  }

  #messages(open) {
    const list = find('[data-testid="messages"]');
    const lines = open.filter((alert) => alert.kind === "physiological");
    setHidden(find('[data-testid="no-messages"]'), lines.length > 0);
    if (list.dataset.shown === lines.map(({ id, state }) => id + state).join()) return;
    list.dataset.shown = lines.map(({ id, state }) => id + state).join();
    list.replaceChildren(...lines.map((alert) => {
      const item = fromTemplate("message-template");
      setData(item, "alert", alert.id);
      setData(item, "priority", alert.priority);
      setText(part("text", item), plainText(alert));
      setText(part("when", item), `since ${this.#page.times.day(alert.since)}`);
      setText(part("seen", item), alert.acknowledged_by ? `Seen by ${alert.acknowledged_by}` : "Your care team can see this");
      return item;
    }));
  }

  #heartbeat(now) {
    const paper = find('[data-testid="pulse-strip"]');
    const strip = this.#channel && this.#page.sweep.strip(this.#person.id, this.#channel);
    const silent = strip ? now - strip.end - (this.#page.sweep.delay(this.#person.id) || 0) : Infinity;
    const message = part("message", paper);
    setText(message, strip ? "No signal right now" : "No heartbeat signal yet");
    setHidden(message, silent <= NO_SIGNAL_AFTER_S);
    setHidden(find('[data-testid="replayed"]'), strip?.origin !== "replayed");
  }

  #showOrgans() {
    for (const { organ, element } of this.#organCards) {
      const { status, reasons, reserve } = orUnknown(this.#organs.find((one) => one.organ === organ));
      const words = STATUS_WORDS[status];
      setData(element, "status", status);
      setIcon(find("svg", part("status", element)), STATUS[status].icon);
      setText(part("word", element), words.word);
      setText(part("answer", element), words.answer);
      setText(part("todo", element), words.todo);
      showReserve(element, reserve, plainReserve);
      const why = status === "unknown" ? [] : reasons.slice(0, 3).map(reasonText);
      part("reasons", element).replaceChildren(...why.map((line) => Object.assign(document.createElement("li"), { textContent: line })));
    }
  }
}

new Portal().start();
