/* The screens open without a network once one was opened with it, where the browser lets them. */

export const isSecure = () => window.isSecureContext && "serviceWorker" in navigator;

/* Keep this screen; whether it will open without a network. */
export async function start() {
  if (!isSecure()) return false;
  try {
    await navigator.serviceWorker.register("/sw.js");
    return true;
  } catch {
    return false;
  }
}

/* Keep the site's other screens (their paths) too, before anybody needs them. */
export async function neighbours(screens) {
  if (!isSecure()) return;
  const { active } = await navigator.serviceWorker.ready;
  active.postMessage({ screens });
}
