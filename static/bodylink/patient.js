/** One patient, for clinicians: strips on true paper, numbers with their sources, organs, alerts, devices. */

import { AlertList } from "./alertlist.js";
import { Banner } from "./banner.js";
import { CalibrationDialog } from "./calibration.js";
import { batteryLevel } from "./devices.js";
import { find, fromTemplate, part, setData, setHidden, setIcon, setText } from "./dom.js";
import { freezeToggle } from "./freeze.js";
import { ageText } from "./format.js";
import { RiskLine } from "./riskline.js";
import { News2Card } from "./news2card.js";
import { Numeric } from "./numeric.js";
import { BodyMap } from "./bodymap.js";
import { Forecasts } from "./forecast.js";
import { Hypotheses } from "./hypotheses.js";
import { OrganList } from "./organs.js";
import { LivePage } from "./page.js";
import { kindOf } from "./trace.js";
import { ValueTable } from "./valuetable.js";
import { ViewControls } from "./viewcontrols.js";
import { SLOTS } from "./vitals.js";
import { WhatIfPanel } from "./whatif.js";

/** Of several pulse waves the one with the best signal is shown. */
const PULSE_PREFERENCE = ["ppg_infrared", "ppg_green", "ppg_red"];
const ORDER = ["ecg", "pulse", "breath", "other"];
const NO_SIGNAL_AFTER_S = 4;

class PatientPage {
  #page = new LivePage("patient");
  #patient = this.#page.data.patients[0];
  #strips = new Map();
  #numerics = SLOTS.filter(({ codes }) => this.#page.quantities.has(codes[0]))
    .map((place) => new Numeric(this.#page, this.#patient.id, place));
  #organs = new OrganList(find('[data-testid="organs"]'), this.#page.data.organs ?? []);
  #map = new BodyMap(find('[data-testid="body-map"]'), this.#page.data.organs ?? []);
  #alerts = new AlertList(this.#page, find('[data-testid="alerts"]'), this.#patient.id);
  #table = new ValueTable(this.#page, find('[data-testid="values"]'), this.#patient.id);
  #score = new News2Card(this.#page, find('[data-testid="news2"]'), this.#patient.id);
  #risk = new RiskLine(this.#page, find('[data-testid="deterioration"]'), this.#patient.id);
  #banner = new Banner(this.#page);
  #replayed = find('[data-testid="replayed"]');
  #dirty = false;

  start() {
    const page = this.#page;
    find('[data-testid="numerics"]').append(...this.#numerics.map(({ element }) => element));
    this.#addStrip(page.quantities.get("ecg"));
    page.addEventListener("channel", ({ detail }) => this.#channel(detail.quantity));
    page.addEventListener("score", () => this.#score.update(page.clock.now()));
    page.addEventListener("vitals", () => (this.#dirty = true));
    page.addEventListener("twin", ({ detail }) => {
      this.#organs.update(detail.organs);
      this.#map.update(detail.organs);
    });
    page.addEventListener("devices", ({ detail }) => (this.#patient.devices = detail.devices));
    page.addEventListener("alerts", () => this.#alarms(page.clock.now()));
    page.addEventListener("second", ({ detail }) => this.#second(detail.now));
    page.sweep.onFrame = () => this.#dirty && this.#values(page.clock.now());
    freezeToggle(page);
    new CalibrationDialog(page.view);
    new ViewControls(page.view);
    this.#risk.start();
    new Hypotheses(page, find('[data-testid="hypotheses"]'), this.#patient.id).start();
    new Forecasts(page, find('[data-testid="forecast"]'), this.#patient.id).start();
    new WhatIfPanel(page, find('[data-testid="what-if"]'), this.#patient.id).start();
    this.#grid();
    page.view.addEventListener("change", () => this.#grid());
    page.start({ patient: this.#patient.id });
  }

  #channel(quantity) {
    const kind = kindOf(quantity.code);
    if (kind === "pulse") {
      const shownNow = [...this.#strips.keys()].find((code) => kindOf(code) === "pulse");
      const rank = (code) => PULSE_PREFERENCE.indexOf(code);
      if (shownNow && rank(shownNow) <= rank(quantity.code)) return;
      if (shownNow) this.#removeStrip(shownNow);
    }
    this.#addStrip(quantity);
  }

  #addStrip(quantity) {
    const element = fromTemplate("strip-template");
    const canvas = find("canvas", element);
    element.dataset.colour = quantity.colour;
    element.dataset.kind = kindOf(quantity.code);
    canvas.setAttribute("aria-label", `${quantity.label}, live`);
    setText(part("channel", element), quantity.label);
    const place = [...this.#strips.values()].find((other) => ORDER.indexOf(other.dataset.kind) > ORDER.indexOf(element.dataset.kind));
    find('[data-testid="strips"]').insertBefore(element, place ?? null);
    this.#strips.set(quantity.code, element);
    this.#page.sweep.add(this.#patient.id, quantity, canvas, {
      onScale: ({ text, detail }) => setText(part("scale", element), `${text} · ${detail}`),
      timeLabel: (t) => this.#page.times.time(t),
    });
  }

  #removeStrip(code) {
    this.#page.sweep.remove(this.#patient.id, code);
    this.#strips.get(code).remove();
    this.#strips.delete(code);
  }

  #second(now) {
    this.#values(now);
    this.#alarms(now);
    this.#devices(now);
    this.#score.update(now);
    let replayed = false;
    for (const [code, element] of this.#strips) {
      const strip = this.#page.sweep.strip(this.#patient.id, code);
      const message = this.#message(strip, now);
      setText(part("message", element), message);
      setHidden(part("message", element), !message);
      replayed ||= strip.origin === "replayed";
    }
    setHidden(this.#replayed, !replayed);
  }

  #message(strip, now) {
    if (!Number.isFinite(strip.end)) return "No signal yet";
    const delay = this.#page.sweep.delay(this.#patient.id) || 0;
    const silent = now - strip.end;
    return silent > NO_SIGNAL_AFTER_S + delay ? `No signal for ${ageText(silent)}` : "";
  }

  #values(now) {
    this.#dirty = false;
    for (const numeric of this.#numerics) numeric.update(now);
    this.#table.update(now);
  }

  #alarms(now) {
    this.#banner.update(now);
    this.#alerts.update(now);
  }

  #devices(now) {
    const list = find('[data-testid="devices"]');
    const { devices } = this.#patient;
    setHidden(find('[data-testid="no-devices"]'), devices.length > 0);
    while (list.children.length > devices.length) list.lastElementChild.remove();
    while (list.children.length < devices.length) list.append(fromTemplate("device-template"));
    devices.forEach((device, index) => this.#device(list.children[index], device, now));
  }

  #device(element, device, now) {
    setData(element, "device", device.uid);
    setText(part("label", element), device.label || device.uid);
    setText(part("model", element), `${device.model} · ${device.uid}`);
    const percent = device.battery_percent ?? null;
    const level = batteryLevel(percent);
    const battery = part("battery", element);
    setData(battery, "level", level);
    setIcon(find("svg", battery), `battery-${level === "unknown" ? "empty" : level}`);
    const charging = device.charging ? ", charging" : "";
    setText(part("battery-text", element), percent === null ? "battery unknown" : `${Math.round(percent)} %${charging}`);
    const seen = Date.parse(device.last_seen_at ?? "") / 1000;
    setText(part("seen", element), Number.isFinite(seen) ? `last seen ${ageText(now - seen)} ago` : "never seen");
  }

  /** The paper: one and five millimetres, by the screen's own calibration. */
  #grid() {
    find('[data-testid="strips"]').style.setProperty("--mm", `${this.#page.view.pxPerMm}px`);
  }
}

new PatientPage().start();
