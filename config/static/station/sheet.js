/* The sheet being filled: its lines, its total, and the request it becomes.
   It knows no page and no network, and is plain data, so that it survives a reload as JSON. */

export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  // Over plain http on a local network only getRandomValues is there.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}

export const blank = () => ({ id: uuid(), lines: [] });

export const weightOf = (line) => line.weight_g - (line.container?.tare_g ?? 0);
export const totalOf = (sheet) => sheet.lines.reduce((sum, line) => sum + weightOf(line), 0);

/* One line from what is typed: a weight, a weight in a container, or units at the average. */
export function line({ tile, leaf, weight_g, units, container, estimated, target }) {
  const category = leaf ?? tile;
  const average = weight_g === null;
  return {
    key: uuid(), tile: tile.code, category: category.code, name: category.name, colour: tile.colour, icon: tile.icon,
    weight_g: average ? units * averageOf(tile, leaf) : weight_g,
    container: average ? null : container, average, units, estimated, target,
  };
}

export const averageOf = (tile, leaf) => leaf?.unit_weight_g ?? tile.unit_weight_g ?? null;

/* The line after its sub-category was told; units without a weight take that one's average. */
export function detailed(old, tile, leaf) {
  const average = averageOf(tile, leaf);
  const weight_g = old.average && average ? old.units * average : old.weight_g;
  return { ...old, category: (leaf ?? tile).code, name: (leaf ?? tile).name, weight_g };
}

const destination = ({ kind, code, fate, partner }) =>
  kind === "place" ? { place: code } : { fate, ...(partner ? { partner } : {}) };

function written(line) {
  const weight = line.average ? {} : line.container
    ? { gross_g: line.weight_g, container: line.container.code }
    : { weight_g: line.weight_g };
  return {
    category: line.category, ...weight,
    ...(line.units ? { units: line.units } : {}),
    ...(line.estimated ? { estimated: true } : {}),
    ...(line.target ? { destination: destination(line.target) } : {}),
  };
}

export const request = (sheet, site, mode, origin) => ({
  id: sheet.id, site, mode, ...(origin ? { origin } : {}), lines: sheet.lines.map(written),
});

/* A weight beyond what its category ever weighs, and the slip of a comma that would explain it. */
export function doubt(tile, weight_g) {
  if (!tile.plausible_max_g || weight_g <= tile.plausible_max_g) return null;
  const rather = weight_g / 10;
  return { rather: Number.isInteger(rather) && rather <= tile.plausible_max_g ? rather : null };
}
