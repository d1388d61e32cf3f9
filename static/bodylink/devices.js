/** Battery and link of a patient's devices, in a few characters. */

import { part, setData, setIcon, setText } from "./dom.js";
import { ageText, durationText } from "./format.js";

const BATTERY_LOW_PERCENT = 20;
const LINK_QUIET_AFTER_S = 5;

/** @param {number} heard epoch seconds @param {number} now epoch seconds @returns {number} seconds of silence */
export function silentSince(heard, now) {
  return Math.max(0, now - heard);
}

/** @param {import("./types.js").DeviceInfo[]} devices @returns {number|null} the lowest battery, null when unknown */
export function lowestBattery(devices) {
  const known = devices.map((device) => device.battery_percent).filter((percent) => percent !== null && percent !== undefined);
  return known.length ? Math.min(...known) : null;
}

/**
 * @param {Object[]} rows as the HTTP interface gives them
 * @returns {Map<string, import("./types.js").DeviceInfo[]>} by the patient whom they are on
 */
export function devicesByPatient(rows) {
  const found = new Map();
  for (const { patient, status, uid, label, model } of rows) {
    if (!patient) continue;
    const info = { uid, label, model, battery_percent: status?.battery_percent ?? null, charging: Boolean(status?.charging), last_seen_at: status?.last_seen_at ?? null };
    found.set(patient, [...(found.get(patient) ?? []), info]);
  }
  return found;
}

/** @param {number|null} percent @returns {"unknown"|"low"|"half"|"full"} */
export function batteryLevel(percent) {
  if (percent === null) return "unknown";
  if (percent <= BATTERY_LOW_PERCENT) return "low";
  return percent <= 60 ? "half" : "full";
}

/**
 * @param {HTMLElement} element with the parts "battery" and "link", each an icon and a text
 * @param {import("./types.js").DeviceInfo[]} devices
 * @param {number} heard epoch seconds of the newest value; -Infinity without one
 * @param {number} now epoch seconds
 */
export function showDevices(element, devices, heard, now) {
  const battery = part("battery", element);
  const link = part("link", element);
  const percent = lowestBattery(devices);
  const level = batteryLevel(percent);
  setData(battery, "level", level);
  setIcon(battery.querySelector("svg"), `battery-${level === "unknown" ? "empty" : level}`);
  setText(part("text", battery), percent === null ? "?" : `${Math.round(percent)} %`);
  const seen = devices.map((device) => Date.parse(device.last_seen_at ?? "") / 1000).filter(Number.isFinite);
  const silent = silentSince(Math.max(heard, ...seen), now);
  const quiet = silent > LINK_QUIET_AFTER_S;
  setData(link, "state", quiet ? "quiet" : "live");
  setIcon(link.querySelector("svg"), quiet ? "unlink" : "signal");
  setText(part("text", link), linkText(devices, silent, quiet));
}

function linkText(devices, silent, quiet) {
  if (!devices.length && !Number.isFinite(silent)) return "No device";
  if (!Number.isFinite(silent)) return "Never seen";
  if (!quiet) return "";
  return silent < 3600 ? durationText(silent) : ageText(silent);
}
