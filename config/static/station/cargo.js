/* What leaves: lines of a departure, and the requests they become. It knows no page. */
import { uuid } from "./sheet.js";

export const totalOf = (lines) => lines.reduce((sum, each) => sum + each.weight_g, 0);
export const tareOf = (container, bins) => (container ? container.tare_g * Math.max(bins, 1) : 0);

/* One line from what is typed or weighed: a weight, a weight with containers, or full containers.
   {line}, or {problem: word}. */
export function line({ tile, leaf, weight_g, bins, container, byEye }) {
  if (weight_g === 0) return { problem: "weight-first" };
  if (bins && !container) return { problem: "container-first" };
  if (weight_g === null && !container?.average_load_g) return { problem: "no-usual-load" };
  const net = weight_g === null ? bins * container.average_load_g : weight_g - tareOf(container, bins);
  if (net <= 0) return { problem: "container-heavier" };
  const category = leaf ?? tile;
  return { line: {
    key: uuid(), tile: tile.code, category: category.code, name: category.name, colour: tile.colour, icon: tile.icon,
    weight_g: net, gross_g: weight_g !== null && container ? weight_g : null, bins, container, estimated: byEye || weight_g === null, full: weight_g === null,
  } };
}

function written(line) {
  if (line.item) return { item: line.item };
  const packed = line.container ? { container: line.container.code, ...(line.bins ? { bins: line.bins } : {}) } : {};
  const weight = line.full ? {} : line.container ? { gross_g: line.gross_g } : { weight_g: line.weight_g };
  return {
    category: line.category, ...weight, ...packed, ...(line.estimated ? { estimated: true } : {}), ...(line.place ? { from_place: line.place } : {}),
  };
}

/* Who takes it, towards which fate, under which papers: only what is said. */
const papers = ({ partner, fate, waste_code, treatment_code, carrier, bsd }) => ({
  ...(partner ? { partner } : { public: true }), fate,
  ...Object.fromEntries(Object.entries({ waste_code, treatment_code, carrier, bsd }).filter(([, said]) => said)),
});

export const departure = (taker, lines) => ({ ...papers(taker), lines: lines.map(written) });
export const crate = (line) => {
  const { from_place, ...said } = written(line);
  return { ...said, ...(from_place ? { from_place } : {}) };
};
