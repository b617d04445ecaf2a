/* What must arrive in the order in which it was sealed: the envelopes of a till (`chain`, `turn`).
   Those that were sent are kept for a while, for a server that was restored and asks for them again. */
import * as queue from "./queue.js";

const KEPT = 300; // more than ever wait at once
const TRIES = 5;
const name = (chain, turn) => `sent:${chain}:${turn}`;

/* What goes with the removal of an entry that was recorded: {kept, dropped}. */
export const noted = (entry) => (entry.chain ? { kept: { [name(entry.chain, entry.turn)]: entry }, dropped: [name(entry.chain, entry.turn - KEPT)] } : {});

/* The turn that the server waits for, where it asks for an earlier one; else null. */
function asked({ codes, places }) {
  const at = codes.indexOf("resend_from");
  const turn = at < 0 ? null : places[at]?.at(-1);
  return Number.isInteger(turn) ? turn : null;
}

async function since(chain, from, to) {
  const found = [];
  for (let turn = from; turn < to; turn += 1) found.push(await queue.recall(name(chain, turn)));
  return found;
}

/* Put what was sent from `turn` on back before this one; whether all of it is still here. */
export async function sendAgain(chain, from, to) {
  const found = await since(chain, from, to);
  if (found.some((each) => !each)) return false;
  await queue.putBack(found.map((each) => ({ ...each, state: "waiting" })));
  return true;
}

/* Whether a refusal is a request for what comes before, and what that is goes again. */
export async function isResent(entry, refusal) {
  const from = entry.chain ? asked(refusal) : null;
  if (from === null || from >= entry.turn || (entry.resent ?? 0) >= TRIES) return false;
  if (!(await sendAgain(entry.chain, from, entry.turn))) return false;
  await queue.update({ ...entry, state: "waiting", resent: (entry.resent ?? 0) + 1 });
  return true;
}
