/** The past of NEWS2 as a band: its lower edge is what is sure, its height what was not known. */

/** The height of the drawing, which is the highest score there is. */
export const TOP = 20;

/**
 * @param {{lowest: number, highest: number}[]} scores a quarter of an hour each, oldest first
 * @returns {{band: string, least: string}} path data, one unit wide for each score; the higher the score the higher up
 */
export function trendPaths(scores) {
  if (!scores.length) return { band: "", least: "" };
  const steps = (key) => scores.map((score, place) => `H${place}V${TOP - score[key]}H${place + 1}`).join("");
  const back = scores.map((score, place) => `V${TOP - score.lowest}H${place}`).reverse().join("");
  const begin = (key) => `M0 ${TOP - scores[0][key]}`;
  return { band: `${begin("highest")}${steps("highest")}${back}Z`, least: `${begin("lowest")}${steps("lowest")}` };
}

/** @param {{lowest: number, highest: number}[]|undefined} scores @returns {string} the same in words */
export function trendText(scores) {
  if (!scores) return "Cannot be asked for now.";
  const known = scores.filter(({ lowest, highest }) => highest - lowest < TOP);
  if (!known.length) return "Nothing of it is known.";
  const low = Math.min(...known.map(({ lowest }) => lowest));
  const high = Math.max(...known.map(({ lowest }) => lowest));
  const open = scores.filter(({ lowest, highest }) => lowest !== highest).length;
  const share = Math.round((100 * open) / scores.length);
  return `At least ${low === high ? low : `${low} to ${high}`}; something was missing for ${share} % of the time (grey). Dashed: 5 and 7.`;
}
