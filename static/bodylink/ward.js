/** The ward: a tile for each patient, sorted by who needs somebody first. */

import { Banner } from "./banner.js";
import { CalibrationDialog } from "./calibration.js";
import { find, toggle } from "./dom.js";
import { freezeToggle } from "./freeze.js";
import { fit } from "./layout.js";
import { byBed, byNeed } from "./order.js";
import { LivePage } from "./page.js";
import { Tile } from "./tile.js";

const LOCK_KEY = "bodylink.lock_order";
const SORT_EVERY_MS = 2000;
/** Nobody may press a tile that has just slid under the finger. */
const HANDS_OFF_MS = 2500;
const SMALLEST_TILE = { width: 292, height: 150 };
const PHONE = matchMedia("(max-width: 700px)");

class Ward {
  #page = new LivePage("ward");
  #grid = find('[data-testid="ward-grid"]');
  #tiles = this.#page.data.patients.map((patient) => new Tile(this.#page, patient));
  #byPatient = new Map(this.#tiles.map((tile) => [tile.patient.id, tile]));
  #banner = new Banner(this.#page);
  #touched = new Set();
  #alarmsChanged = false;
  #lastHand = -Infinity;
  #locked = sessionStorage.getItem(LOCK_KEY) === "yes";

  start() {
    const page = this.#page;
    this.#alarms(page.clock.now());
    this.#sort(this.#locked ? byBed : byNeed);
    this.#listen(page);
    this.#controls(page);
    new ResizeObserver(() => this.#fit()).observe(find("main"));
    page.start({ unit: page.data.unit.id });
    setInterval(() => this.#settled && this.#sort(byNeed), SORT_EVERY_MS);
  }

  #listen(page) {
    page.addEventListener("vitals", ({ detail }) => this.#touched.add(detail.patient));
    page.addEventListener("score", ({ detail }) => this.#touched.add(detail.patient));
    page.addEventListener("devices", ({ detail }) => {
      const tile = this.#byPatient.get(detail.patient);
      if (tile) tile.devices = detail.devices;
    });
    page.addEventListener("alerts", () => (this.#alarmsChanged = true));
    page.addEventListener("second", ({ detail }) => this.#second(detail.now));
    page.sweep.onFrame = () => this.#frame();
    for (const type of ["pointermove", "pointerdown", "focusin"]) {
      this.#grid.addEventListener(type, () => (this.#lastHand = performance.now()), { passive: true });
    }
  }

  #controls(page) {
    const lock = find('[data-action="lock-order"]');
    lock.setAttribute("aria-pressed", String(this.#locked));
    toggle(lock, (locked) => {
      this.#locked = locked;
      sessionStorage.setItem(LOCK_KEY, locked ? "yes" : "no");
      if (!locked) this.#sort(byNeed);
    });
    freezeToggle(page);
    new CalibrationDialog(page.view);
  }

  #second(now) {
    for (const tile of this.#tiles) tile.update(now);
    this.#alarms(now);
  }

  #frame() {
    if (this.#touched.size) {
      const now = this.#page.clock.now();
      for (const patient of this.#touched) this.#byPatient.get(patient)?.update(now);
      this.#touched.clear();
    }
    if (this.#alarmsChanged) this.#alarms(this.#page.clock.now());
  }

  #alarms(now) {
    this.#alarmsChanged = false;
    const open = this.#page.alerts.openByPatient();
    for (const tile of this.#tiles) tile.alarms(open.get(tile.patient.id) ?? [], now);
    this.#banner.update(now);
  }

  /** Whether tiles may move: not while the order is locked, strips are frozen, or a hand is on them. */
  get #settled() {
    return !this.#locked && !this.#page.sweep.frozen && performance.now() - this.#lastHand > HANDS_OFF_MS;
  }

  #sort(order) {
    const wanted = [...this.#tiles].sort((a, b) => order(a.need, b.need));
    const focused = document.activeElement;
    wanted.forEach(({ element }, index) => {
      if (this.#grid.children[index] !== element) this.#grid.insertBefore(element, this.#grid.children[index] ?? null);
    });
    if (focused !== document.activeElement && this.#grid.contains(focused)) focused.focus({ preventScroll: true });
  }

  #fit() {
    const style = getComputedStyle(this.#grid);
    const width = this.#grid.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    const height = innerHeight - this.#grid.getBoundingClientRect().top - scrollY - find("footer").offsetHeight - 8;
    const room = { count: this.#tiles.length, width, height, gap: parseFloat(style.rowGap), smallest: SMALLEST_TILE };
    const { columns, rowPx } = PHONE.matches ? { columns: 1, rowPx: 232 } : fit(room);
    this.#grid.style.setProperty("--columns", String(columns));
    this.#grid.style.setProperty("--row", `${rowPx}px`);
  }
}

new Ward().start();
