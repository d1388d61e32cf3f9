/** What every live page shares: its data, the clock, the stream, the books, the strips and the header. */

import { acknowledge, ask, Refused } from "./api.js";
import { AlertBook } from "./alerts.js";
import { ServerClock } from "./clock.js";
import { devicesByPatient } from "./devices.js";
import { find } from "./dom.js";
import { Figures } from "./figures.js";
import { TimeText } from "./format.js";
import { Header } from "./header.js";
import { LiveStream } from "./stream.js";
import { Sweep } from "./sweep.js";
import { View } from "./view.js";
import { VitalBook } from "./vitals.js";
import { decodeFrame } from "./waves.js";

const REFUSAL_SHOWN_S = 10;
const DEVICES_EVERY_MS = 20_000;

export class LivePage extends EventTarget {
  /** @type {Map<string, string>} alert id to the reason why it could not be acknowledged */
  refusals = new Map();
  /** @type {Set<string>} ids on their way */
  sending = new Set();
  #channels;
  #known;

  /** @param {string} name under which this page keeps its view */
  constructor(name) {
    super();
    /** @type {import("./types.js").PageData} */
    this.data = JSON.parse(find("#page-data").textContent);
    this.clock = new ServerClock();
    this.clock.set(this.data.server_time);
    this.times = new TimeText(this.data.timezone);
    this.quantities = new Map(this.data.quantities.map((quantity) => [quantity.code, quantity]));
    this.vitals = new VitalBook();
    this.alerts = new AlertBook(this.data.alerts, this.data.cursor);
    this.view = new View(name);
    this.figures = new Figures();
    this.sweep = new Sweep({ clock: this.clock, view: this.view, figures: this.figures });
    this.#channels = new Map(this.data.quantities.map((quantity) => [quantity.number, quantity]));
    this.#known = new Set(this.data.patients.map((patient) => patient.id));
    /** @type {Map<string, import("./types.js").News2>} by patient */
    this.scores = new Map(this.data.patients.map((patient) => [patient.id, patient.news2]));
    for (const patient of this.data.patients) this.vitals.merge(patient.id, patient.vitals);
  }

  /**
   * Events: "vitals" {patient}, "devices" {patient, devices}, "twin" {patient, organs}, "score" {patient}, "alerts", "second" {now},
   * "channel" {patient, quantity} for a channel that has no strip yet, "people" when the list of patients changed.
   * @param {{unit: string}|{patient: string}} target
   */
  start(target) {
    const { protocol, host } = globalThis.location;
    const url = `${protocol === "https:" ? "wss:" : "ws:"}//${host}${this.data.urls.live}`;
    this.stream = new LiveStream({ url, target, clock: this.clock, cursor: () => this.alerts.cursor });
    this.#listen();
    this.header = new Header(this);
    document.addEventListener("visibilitychange", () => document.hidden || this.stream.check());
    document.addEventListener("click", (event) => this.#clicked(event));
    setInterval(() => this.#tell("second", { now: this.clock.now() }), 1000);
    setInterval(() => this.#askDevices(), DEVICES_EVERY_MS);
    this.stream.start();
    this.sweep.start();
    this.#tell("second", { now: this.clock.now() });
    // The benchmark and a curious engineer read here what this screen achieves.
    globalThis.bodylink = { figures: this.figures };
  }

  #listen() {
    const on = (type, take) => this.stream.addEventListener(type, ({ detail }) => this.#measured(() => take(detail)));
    on("waves", (detail) => this.#waves(detail));
    on("vitals", ({ patient, vitals }) => {
      this.vitals.merge(patient, vitals);
      this.#tell("vitals", { patient });
    });
    on("score", ({ patient, news2 }) => {
      this.scores.set(patient, news2);
      this.#tell("score", { patient });
    });
    on("twin", ({ patient, organs }) => this.#tell("twin", { patient, organs }));
    on("alert", ({ alert, cursor }) => {
      if (this.alerts.merge(alert, cursor)) this.#tell("alerts", {});
    });
    on("subscribed", ({ patients }) => {
      const same = patients.length === this.#known.size && patients.every((id) => this.#known.has(id));
      if (!same) this.#tell("people", {});
    });
  }

  #measured(work) {
    const began = performance.now();
    work();
    this.figures.beside(performance.now() - began);
  }

  #waves({ buffer, arrivedMs }) {
    for (const segment of decodeFrame(buffer).segments) {
      const quantity = this.#channels.get(segment.quantity);
      if (!quantity || !this.#known.has(segment.patient)) continue;
      if (!this.sweep.strip(segment.patient, quantity.code)) {
        this.#tell("channel", { patient: segment.patient, quantity });
      }
      this.sweep.take(segment.patient, quantity.code, segment, arrivedMs);
    }
  }

  async #clicked(event) {
    const button = event.target.closest('[data-action="acknowledge"]');
    if (!button || this.sending.has(button.dataset.alert)) return;
    const id = button.dataset.alert;
    this.sending.add(id);
    this.refusals.delete(id);
    this.#tell("alerts", {});
    try {
      this.alerts.answer(await acknowledge(this.data, id));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.refusals.set(id, error.message);
      setTimeout(() => this.refusals.delete(id) && this.#tell("alerts", {}), REFUSAL_SHOWN_S * 1000);
    } finally {
      this.sending.delete(id);
      this.#tell("alerts", {});
    }
  }

  /** Batteries and what is worn change slowly, and are asked for; what was known stands, with its age, where they cannot be. */
  async #askDevices() {
    const rows = [];
    try {
      for (let url = this.data.urls.devices; url; ) {
        const { results, next } = await ask(this.data, url);
        rows.push(...results);
        url = next && new URL(this.data.urls.devices, next).pathname + new URL(next).search;
      }
    } catch (error) {
      if (error instanceof Refused) return;
      throw error;
    }
    const found = devicesByPatient(rows);
    for (const patient of this.#known) this.#tell("devices", { patient, devices: found.get(patient) ?? [] });
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
