import assert from "node:assert/strict";
import { test } from "node:test";

import { fit } from "../../static/bodylink/layout.js";
import { byBed, byNeed } from "../../static/bodylink/order.js";

const need = (bed, unacknowledged = "none", acknowledged = "none", worst = "live") => ({ bed, unacknowledged, acknowledged, worst });
const beds = (needs) => [...needs].sort(byNeed).map(({ bed }) => bed);

test("an alarm that nobody acknowledged comes before one of higher priority that somebody did", () => {
  assert.deepEqual(beds([need("1", "none", "high"), need("2", "low")]), ["2", "1"]);
});

test("of unacknowledged alarms the highest priority comes first", () => {
  assert.deepEqual(beds([need("1", "low"), need("2", "high"), need("3", "medium"), need("4")]), ["2", "3", "1", "4"]);
});

test("without alarms the value that is gone comes first, then the old one", () => {
  assert.deepEqual(beds([need("1"), need("2", "none", "none", "stale"), need("3", "none", "none", "lost")]), ["3", "2", "1"]);
});

test("equals stand by bed, counted as people count", () => {
  assert.deepEqual(beds([need("10"), need("2"), need("1b"), need("1a")]), ["1a", "1b", "2", "10"]);
  assert.ok(byBed({ bed: "9" }, { bed: "10" }) < 0);
});

test("a ward is laid out so that every tile is on the screen if they can be read", () => {
  const room = { width: 2548, height: 1330, gap: 6, smallest: { width: 292, height: 158 } };
  for (const count of [1, 7, 12, 16, 64]) {
    const { columns, rowPx } = fit({ ...room, count });
    const rows = Math.ceil(count / columns);
    assert.ok(rows * rowPx + (rows - 1) * room.gap <= room.height, `${count} tiles in ${columns} columns of ${rowPx}`);
    assert.ok((room.width - (columns - 1) * room.gap) / columns >= room.smallest.width);
  }
});

test("a ward that cannot fit is scrolled, and its tiles stay readable", () => {
  const { columns, rowPx } = fit({ count: 64, width: 1350, height: 640, gap: 6, smallest: { width: 292, height: 158 } });
  assert.ok(rowPx >= 158);
  assert.ok(columns >= 2 && (1350 - (columns - 1) * 6) / columns >= 292);
});
