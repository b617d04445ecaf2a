/* What the next line weighs: what is typed on the pad, else what lies on the scale. */
import * as load from "./load.js";
import { grams, type, written } from "./units.js";

const EMPTY = { typed: "", units: 0, byEye: false };

export const pad = { ...EMPTY };
export const clear = () => Object.assign(pad, EMPTY);
export const isEmpty = () => !pad.typed && !pad.units;

export function press(key) {
  if (key === "estimate") pad.byEye = !pad.byEye;
  else if (key === "count") turn();
  else {
    if (key === "Backspace" && !pad.typed) pad.units = 0;
    pad.typed = type(pad.typed, key);
  }
}

/* The number becomes pieces, or pieces a number again. */
function turn() {
  if (pad.typed && !pad.typed.includes(",")) Object.assign(pad, { units: Number(pad.typed), typed: "" });
  else if (pad.units && !pad.typed) Object.assign(pad, { units: 0, typed: String(pad.units) });
}

/* A weight that was typed all at once, by a machine. */
export const put = (weight_g) => Object.assign(pad, { typed: written(weight_g), byEye: false });

/* {weight_g, problem: word or ""}; pieces alone weigh their average: null. */
export function measured() {
  if (pad.typed) return { weight_g: grams(pad.typed), problem: "" };
  const lying = pad.byEye ? null : load.current();
  if (lying && !(pad.units && lying.problem === "scale-same")) return lying;
  return { weight_g: null, problem: pad.units ? "" : "weight-first" };
}
