/* The screens open without a network once one was opened with it, where the browser lets them. */

export const isSecure = () => window.isSecureContext && "serviceWorker" in navigator;

/* Keep this screen, and the other ones of this site ({paths}) before anybody needs them. */
export async function start(screens = []) {
  if (!isSecure()) return false;
  try {
    await navigator.serviceWorker.register("/sw.js");
    navigator.serviceWorker.ready.then(({ active }) => active.postMessage({ screens }));
    return true;
  } catch {
    return false;
  }
}
