/* Which category a part is of: those of the lot's own first, then everything else. */
import { word } from "./page.js";
import * as picker from "./picker.js";
import { kindNow, station } from "./table.js";

const option = (tile, take) => (leaf) => ({ label: leaf.name, cat: tile.colour, image: tile.icon, pressed: leaf.code === kindNow().category, choose: () => take(leaf.code) });

const leaves = (tile, take) => [...tile.leaves.map(option(tile, take)), { label: word("kind-no-detail", { name: tile.name }), choose: () => take(tile.code) }];

function askLeaf(tile, take) {
  if (!tile.leaves.length) return take(tile.code);
  picker.open({ heading: tile.name, options: leaves(tile, take) });
}

export function ask(take) {
  const own = station.tiles.find(({ code }) => code === kindNow().tile);
  const others = station.tiles.filter((tile) => tile !== own).map((tile) => ({ label: tile.name, cat: tile.colour, image: tile.icon, choose: () => askLeaf(tile, take) }));
  picker.open({ heading: word("kind"), options: [...(own ? leaves(own, take) : []), ...others] });
}
