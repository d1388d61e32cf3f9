/** The head of a live page: clock, connection, alarm system, and the words for those who listen. */

import { isUnacknowledged } from "./alerts.js";
import { find, part, setData, setHidden, setIcon, setText } from "./dom.js";
import { Watchdog } from "./watchdog.js";

const CONNECTION = {
  connecting: { text: "Connecting", icon: "link" },
  live: { text: "Live", icon: "link" },
  quiet: { text: "No data", icon: "unlink" },
  offline: { text: "Disconnected", icon: "unlink" },
  "signed-out": { text: "Signed out", icon: "unlink" },
  "not-allowed": { text: "Not allowed", icon: "unlink" },
};
const ALARM_ICON = { checking: "shield", on: "shield", off: "shield-off", unconfirmed: "shield-off", "not-connected": "shield-off" };

export class Header {
  #page;
  #watchdog;
  #announced = new Set();
  #elements;

  /** @param {import("./page.js").LivePage} page */
  constructor(page) {
    this.#page = page;
    this.#watchdog = new Watchdog(page.data.alarm_status_every_s, page.clock.now());
    this.#elements = {
      clock: find('[data-testid="clock"]'),
      connection: find('[data-testid="connection"]'),
      alarms: find('[data-testid="alarm-system"]'),
      warning: find('[data-testid="alarm-system-warning"]'),
      notice: find('[data-testid="notice"]'),
      assertive: find('[data-testid="announcer"]'),
    };
    page.stream.addEventListener("state", ({ detail }) => this.#connection(detail.state));
    page.stream.addEventListener("alarms", ({ detail }) => {
      this.#watchdog.heard(detail, page.clock.now());
      this.#alarms();
    });
    page.addEventListener("second", ({ detail }) => this.#second(detail.now));
    page.addEventListener("alerts", () => this.#announce());
    page.addEventListener("people", () => this.#notice("The patients on this page have changed.", "Reload", ""));
    this.#announce();
  }

  #second(now) {
    setText(this.#elements.clock, this.#page.times.time(now));
    if (this.#page.stream.state === "offline") this.#connection("offline");
    this.#alarms();
  }

  #connection(state) {
    const { connection } = this.#elements;
    const { text, icon } = CONNECTION[state];
    const wait = Math.max(0, Math.ceil((this.#page.stream.retryAt - Date.now()) / 1000));
    setData(connection, "state", state);
    setIcon(find("svg", connection), icon);
    setText(part("text", connection), state === "offline" ? `${text}, retry in ${wait} s` : text);
    document.documentElement.classList.toggle("is-disconnected", state === "offline" || state === "quiet");
    if (state === "signed-out") {
      const next = encodeURIComponent(location.pathname);
      this.#notice("You are signed out. Nothing on this page is live.", "Sign in", `${this.#page.data.urls.login}?next=${next}`);
    } else if (state === "not-allowed") {
      this.#notice("You are not allowed to see this any more. Nothing on this page is live.", "Home", "/");
    }
    this.#alarms();
  }

  #alarms() {
    const { state, text } = this.#watchdog.judge(this.#page.stream.state, this.#page.clock.now());
    const { alarms, warning } = this.#elements;
    setData(alarms, "state", state);
    setIcon(find("svg", alarms), ALARM_ICON[state]);
    setText(part("text", alarms), state === "on" || state === "checking" ? text : "Alarms not live");
    setHidden(warning, state === "on" || state === "checking");
    setText(part("text", warning), text);
  }

  /** Only high alarms interrupt who listens; numbers never do. */
  #announce() {
    const fresh = this.#page.alerts.open().filter((alert) => alert.priority === "high" && isUnacknowledged(alert)
      && !this.#announced.has(alert.id));
    if (!fresh.length) return;
    fresh.forEach((alert) => this.#announced.add(alert.id));
    const name = (id) => this.#page.data.patients.find((patient) => patient.id === id);
    setText(this.#elements.assertive, fresh.map((alert) => {
      const patient = name(alert.patient);
      return `High alarm. ${patient?.bed ? `Bed ${patient.bed}, ` : ""}${patient?.name ?? ""}: ${alert.text}.`;
    }).join(" "));
  }

  #notice(text, action, href) {
    const { notice } = this.#elements;
    const link = find("a", notice);
    setText(part("text", notice), text);
    setText(link, action);
    link.href = href || location.href;
    setHidden(notice, false);
  }
}
