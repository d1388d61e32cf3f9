/** How many columns let a whole ward stand on one screen, if it can. */

const WIDEST_TO_HEIGHT = 1.9;
const NARROWEST_TO_HEIGHT = 1.25;
const TALLEST_PX = 660;
/** Where a ward has to be scrolled anyway, its tiles may be this much larger than the smallest. */
const SCROLLED = 1.3;

/**
 * @param {Object} room
 * @param {number} room.count tiles
 * @param {number} room.width pixels
 * @param {number} room.height pixels that are visible without scrolling
 * @param {number} room.gap pixels
 * @param {{width: number, height: number}} room.smallest a tile that can still be read
 * @returns {{columns: number, rowPx: number}}
 */
export function fit({ count, width, height, gap, smallest }) {
  const most = Math.max(1, Math.floor((width + gap) / (smallest.width + gap)));
  let best = null;
  for (let columns = 1; columns <= Math.min(most, Math.max(1, count)); columns += 1) {
    const rows = Math.ceil(count / columns);
    const rowPx = Math.min(TALLEST_PX, (height - gap * (rows - 1)) / rows);
    const tilePx = (width - gap * (columns - 1)) / columns;
    if (rowPx < smallest.height) continue;
    const used = Math.min(tilePx, rowPx * WIDEST_TO_HEIGHT) * Math.min(rowPx, tilePx / NARROWEST_TO_HEIGHT);
    if (!best || used > best.used) best = { columns, rowPx: Math.floor(rowPx), used };
  }
  if (best) return { columns: best.columns, rowPx: best.rowPx };
  const columns = Math.max(1, Math.min(most, Math.floor((width + gap) / (smallest.width * SCROLLED + gap))));
  return { columns, rowPx: Math.round(smallest.height * SCROLLED) };
}
