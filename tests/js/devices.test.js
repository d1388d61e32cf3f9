import assert from "node:assert/strict";
import { test } from "node:test";

import { devicesByPatient, lowestBattery } from "../../static/bodylink/devices.js";

const row = (uid, patient, status) => ({ id: uid, uid, label: "", model: "node", patient, status });

test("devices are told by whom they are on, with what is known of them", () => {
  const found = devicesByPatient([
    row("patch", "ada", { battery_percent: 42.5, charging: true, last_seen_at: "2026-01-02T03:04:05Z" }),
    row("cuff", "ada", { battery_percent: 11, charging: null, last_seen_at: "2026-01-02T03:04:05Z" }),
    row("new", "bo", null),
    row("drawer", null, null),
  ]);
  assert.deepEqual([...found.keys()], ["ada", "bo"]);
  assert.equal(lowestBattery(found.get("ada")), 11);
  assert.equal(found.get("ada")[0].charging, true);
  assert.deepEqual(found.get("bo"), [{ uid: "new", label: "", model: "node", battery_percent: null, charging: false, last_seen_at: null }]);
});
