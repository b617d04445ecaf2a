/* Without a network: the screens that this tablet has kept. */
const list = document.getElementById("screens");
const shell = new RegExp(list.dataset.shell);
const paths = new Set();

for (const name of await caches.keys()) {
  const cache = await caches.open(name);
  for (const { url } of await cache.keys()) {
    const { pathname } = new URL(url);
    if (shell.test(pathname)) paths.add(pathname);
  }
}
const isTill = (path) => path.startsWith("/encaisser/"); // it has a code of its own
const sites = new Set([...paths].filter((path) => !isTill(path)).map((path) => path.split("/")[2]));
for (const path of [...paths].sort()) {
  const [, screen, site] = path.split("/");
  const link = document.createElement("a");
  link.className = "btn go huge";
  link.href = path;
  link.textContent = sites.size > 1 || isTill(path) ? `${list.dataset[screen]} · ${site}` : list.dataset[screen];
  list.append(link);
}
