/* What waits for the server: written to IndexedDB before anything else, and kept in order.
   It knows no page and no network. */

const NAME = "tracerie";
const told = new Set();
const channel = "BroadcastChannel" in window ? new BroadcastChannel(NAME) : null;

const opened = new Promise((resolve, reject) => {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("entries", { keyPath: "seq", autoIncrement: true });
    request.result.createObjectStore("kept");
  };
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

/* One transaction over one store or several; its result once it is on disk. */
async function within(names, mode, act) {
  const database = await opened;
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(names, mode, { durability: "strict" });
    const asked = act(...[names].flat().map((name) => transaction.objectStore(name)));
    transaction.oncomplete = () => resolve(asked?.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

function changed() {
  for (const each of told) each();
}

async function write(names, act) {
  const result = await within(names, "readwrite", act);
  channel?.postMessage("changed");
  changed();
  return result;
}

channel?.addEventListener("message", changed);

/* Call `act` whenever what waits has changed, here or in another tab. */
export const onChange = (act) => told.add(act);

/* Everything that waits or was refused, in the order in which it was saved. */
export const entries = () => within("entries", "readonly", (store) => store.getAll());

/* Keep an entry {id, path, body (text), …}; it is safe once this resolves. What `kept` says of
   `recall` changes with it or not at all: a sheet that waits here is no longer on the table. */
export async function add(entry, kept = {}) {
  const seq = await write(["entries", "kept"], (store, notes) => {
    for (const [key, value] of Object.entries(kept)) notes.put(value, key);
    return store.add({ state: "waiting", tries: 0, ...entry });
  });
  return { state: "waiting", tries: 0, ...entry, seq };
}

export const update = (entry) => write("entries", (store) => store.put(entry));

/* Remove an entry; what `kept` says of `recall`, and what is `dropped` of it, changes with it. */
export function remove(entry, { kept = {}, dropped = [] } = {}) {
  return write(["entries", "kept"], (store, notes) => {
    for (const [key, value] of Object.entries(kept)) notes.put(value, key);
    for (const key of dropped) notes.delete(key);
    return store.delete(entry.seq);
  });
}

/* Put entries that were removed back where they stood. */
export function putBack(entries) {
  return write("entries", (store) => entries.map((each) => store.put(each)).at(-1));
}

/* Note that an entry is about to leave; null where it was taken back or settled meanwhile. */
export async function begin({ seq }) {
  let tried = null;
  await write("entries", (store) => {
    const asked = store.get(seq);
    asked.onsuccess = () => {
      if (asked.result?.state !== "waiting") return;
      tried = { ...asked.result, tries: asked.result.tries + 1 };
      store.put(tried);
    };
  });
  return tried;
}

/* Take back an entry that was never tried; false where it may have left. */
export async function withdraw(entry) {
  let isGone = false;
  await write("entries", (store) => {
    const asked = store.get(entry.seq);
    asked.onsuccess = () => {
      isGone = asked.result?.state === "waiting" && asked.result.tries === 0;
      if (isGone) store.delete(entry.seq);
    };
  });
  return isGone;
}

export const recall = (key) => within("kept", "readonly", (store) => store.get(key));
export const keep = (key, value) => within("kept", "readwrite", (store) => store.put(value, key));

/* Ask the browser not to evict what waits; whether it agreed (null: it cannot say). */
export async function persist() {
  if (!navigator.storage?.persist) return null;
  return (await navigator.storage.persisted()) || navigator.storage.persist();
}
