/* One tab holds a till: two would give the same number to two tickets. */

const PATIENCE = 1_500; // a page that is being left lets go a moment later

/* Whether this tab holds it now; where another does, `act` is called once that one is closed. */
export async function hold(till, act) {
  const name = `tracerie-till:${till}`;
  const forever = () => new Promise(() => {});
  const isHeld = new Promise((resolve) => {
    navigator.locks.request(name, { signal: AbortSignal.timeout(PATIENCE) }, () => {
      resolve(true);
      return forever();
    }).catch(() => resolve(false));
  });
  if (await isHeld) return true;
  navigator.locks.request(name, act).catch(() => {});
  return false;
}
