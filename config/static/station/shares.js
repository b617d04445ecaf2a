/* A lot being shared out: its parts, what remains of it, and the request it becomes.
   It knows no page and no network, and is plain data, so that it survives a reload as JSON. */
import { uuid } from "./sheet.js";

const HUNDREDTHS = 10_000; // of a hundredth: tolerances are told in basis points

/* `lot` is {place, category, name, weight_g, line?, number?}; `labelled_g` left it with a label. */
export const blank = (lot = null) => ({ id: uuid(), lot, lines: [], labelled_g: 0 });

export const takenOf = (sheet) => sheet.lines.reduce((sum, { weight_g }) => sum + weight_g, 0);
export const restOf = (sheet) => (sheet.lot ? sheet.lot.weight_g - sheet.labelled_g - takenOf(sheet) : 0);

export const keyOf = ({ kind, code }) => `${kind}/${code}`;

/* One part: what it is {category, name, colour, icon}, where it goes, what it weighs. */
export const part = ({ kind, to, weight_g, estimated }) => ({ key: uuid(), ...kind, to, weight_g, estimated });

export const isMoved = ({ place, category }, kind, to) => to.kind !== "place" || to.code !== place || kind.category !== category;

/* Whether what remains is so little that it may be what sorting loses. */
export function isGap(sheet, tolerance_bp) {
  const rest_g = restOf(sheet);
  return rest_g > 0 && rest_g * HUNDREDTHS <= (takenOf(sheet) + rest_g) * tolerance_bp;
}

const whither = ({ kind, code, fate, partner }) => (kind === "place" ? { place: code } : { fate, ...(partner ? { partner } : {}) });

export const request = (sheet, site, gap_g = 0) => ({
  id: sheet.id, site,
  from: { place: sheet.lot.place, category: sheet.lot.category, weight_g: takenOf(sheet) + gap_g },
  to: sheet.lines.map(({ category, weight_g, estimated, to }) => ({ category, weight_g, ...(estimated ? { estimated } : {}), ...whither(to) })),
});

/* What it does to the heaps, while the server has not counted it: grams by place and category. */
export function effectOf(sheet, gap_g = 0) {
  const { place, category, line } = sheet.lot;
  const stays = sheet.lines.filter(({ to }) => to.kind === "place");
  return {
    line, line_g: takenOf(sheet) + gap_g,
    heaps: [
      { place, category, weight_g: -takenOf(sheet) - gap_g },
      ...stays.map(({ to, category: kind, name, weight_g }) => ({ place: to.code, category: kind, name, weight_g })),
    ],
  };
}
