/* Whole shares that add up, by largest remainder, as the server splits them. It knows no page.
   Products of cents outgrow what a number holds exactly, so they are counted in long integers. */

const order = (one, other) => (one < other ? -1 : one > other ? 1 : 0);

/* Split `whole` in proportion to the parts; null where they sum to 0. A tie goes to the larger
   part, then to the earlier one. */
export function shares(parts, whole) {
  const base = parts.reduce((all, part) => all + BigInt(part), 0n);
  if (base <= 0n || parts.some((part) => part < 0)) return null;
  const products = parts.map((part) => BigInt(whole) * BigInt(part));
  const split = products.map((product) => Number(product / base));
  const rests = products.map((product) => product % base);
  const missing = split.reduce((left, share) => left - share, whole);
  const claimants = parts.map((_part, at) => at)
    .sort((one, other) => order(rests[other], rests[one]) || parts[other] - parts[one] || one - other);
  for (const at of claimants.slice(0, missing)) split[at] += 1;
  return split;
}
