/** The past of NEWS2 as a band: its lower edge is what is sure, its height what was not known. */

/** The height of the drawing, which is the highest score there is. */
export const TOP = 20;

/** @param {{lowest: number, highest: number}} score @returns {boolean} whether anything at all is known of it */
const isKnown = ({ lowest, highest }) => highest - lowest < TOP;

/**
 * @param {{lowest: number, highest: number}[]} scores a quarter of an hour each, oldest first
 * @returns {{band: string, least: string}} path data, one unit wide for each score; the higher the score the higher up;
 *   nothing is drawn where nothing is known
 */
export function trendPaths(scores) {
  const paths = { band: "", least: "" };
  let begin = 0;
  while (begin < scores.length) {
    let end = begin;
    while (end < scores.length && isKnown(scores[end])) end += 1;
    if (end > begin) {
      const run = scores.slice(begin, end);
      const edge = (key) => `M${begin} ${TOP - run[0][key]}${run.map((score, step) => `V${TOP - score[key]}H${begin + step + 1}`).join("")}`;
      const back = run.map((score, step) => `V${TOP - score.lowest}H${begin + step}`).reverse().join("");
      paths.band += `${edge("highest")}${back}Z`;
      paths.least += edge("lowest");
    }
    begin = end + 1;
  }
  return paths;
}

/** @param {{lowest: number, highest: number}[]|undefined} scores @returns {string} the same in words */
export function trendText(scores) {
  if (!scores) return "Cannot be asked for now.";
  const known = scores.filter(isKnown);
  if (!known.length) return "Nothing of it is known.";
  const low = Math.min(...known.map(({ lowest }) => lowest));
  const high = Math.max(...known.map(({ lowest }) => lowest));
  const open = scores.filter(({ lowest, highest }) => lowest !== highest).length;
  const share = Math.round((100 * open) / scores.length);
  return `At least ${low === high ? low : `${low} to ${high}`}; something was missing for ${share} % of the time (grey). Dashed: 5 and 7.`;
}
