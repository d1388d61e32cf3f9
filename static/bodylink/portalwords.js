/** What each measurement and organ is, in words for reading age nine to eleven. */

/** @type {{slot: string, codes: string[], title: string, icon: string, what: string, unit: string, adults: string}[]} */
export const MEASUREMENTS = [
  { slot: "heart_rate", codes: ["heart_rate", "pulse_rate"], title: "Heartbeat", icon: "heart", unit: "beats a minute",
    what: "How often your heart beats in one minute.", adults: "Most adults at rest have 60 to 100." },
  { slot: "spo2", codes: ["spo2"], title: "Oxygen in your blood", icon: "lungs", unit: "%",
    what: "How much oxygen your blood carries around your body.", adults: "Most adults have 95 or more." },
  { slot: "respiratory_rate", codes: ["respiratory_rate"], title: "Breathing", icon: "lungs", unit: "breaths a minute",
    what: "How often you breathe in one minute.", adults: "Most adults at rest have 12 to 20." },
  { slot: "blood_pressure", codes: ["systolic_pressure"], title: "Blood pressure", icon: "fluids", unit: "mmHg",
    what: "How hard your blood pushes. The first number is when the heart squeezes, the second when it rests.",
    adults: "Many adults at rest have about 120 over 80." },
  { slot: "temperature", codes: ["core_temperature", "skin_temperature"], title: "Temperature", icon: "skin", unit: "°C",
    what: "How warm you are.", adults: "" },
];

/** Temperature means two things, and they must not be taken for each other. */
export const TEMPERATURE = {
  core_temperature: { what: "How warm you are inside.", adults: "Most people have about 36 to 37.5 inside." },
  skin_temperature: { what: "How warm your skin is. Skin is cooler than the inside of your body.", adults: "It changes a lot with the room and your clothes." },
};

export const ORGAN_WORDS = {
  heart: "Pumps blood through your whole body.",
  lungs: "Bring oxygen into your blood.",
  brain: "Thinks, feels and steers your body.",
  kidneys: "Clean your blood and make urine.",
  metabolism: "Turns food into energy.",
  skin: "Keeps you at the right warmth.",
  muscles: "Move you, and use up energy.",
  fluids: "The water in your body.",
  autonomic: "The part that works by itself, like heartbeat and sweat.",
};

export const STATUS_WORDS = {
  good: { word: "No problem seen", answer: "In what we can measure, we see no problem.", todo: "Nothing to do." },
  watch: { word: "Worth watching", answer: "Something is a little different.", todo: "Rest a while and look again. Tell your care team if you feel unwell." },
  act: { word: "Needs attention", answer: "Something needs attention.", todo: "Your care team can see this. If you feel unwell, call for help now." },
  unknown: { word: "We cannot tell", answer: "We do not measure enough to tell. That is fine, and there is nothing to do.", todo: "" },
};

/** @param {{median: number, low: number, high: number}} reserve @returns {string} */
export function plainReserve({ median, low, high }) {
  if (low === high) return `Not more than ${Math.round(high)} of 100 in reserve right now.`;
  return `About ${Math.round(median)} of 100 in reserve; very likely between ${Math.round(low)} and ${Math.round(high)}.`;
}
