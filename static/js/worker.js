// Answers with the kept offline page when there is no network, and shows what somebody is told. The
// server puts before this what it has to keep: KEPT, addresses of files, and VERSION.

const PAGE = "/sem-conexao";
// The page as nobody sees it and its files; the reader's own copy; other files, as they come.
const COMMON = `common ${VERSION}`;
const OWN = "own";
const FILES = `files ${VERSION}`;
const MOST_FILES = 60;
// Pages that show bookings: who sees them has news.
const BOOKINGS = /^\/(contratacoes|painel)(\/|$)/;

addEventListener("install", (event) => event.waitUntil(install()));
addEventListener("activate", (event) => event.waitUntil(activate()));

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method !== "GET") {
    const ready = url.pathname === "/sair" ? forget() : Promise.resolve();
    event.waitUntil(ready);
    // A form that another site sends goes its own way: sent on from here, it might pass for ours.
    if (request.referrer.startsWith(`${location.origin}/`)) {
      event.respondWith(ready.then(() => change(event)));
    }
  } else if (request.mode === "navigate") {
    event.respondWith(visit(event, url.pathname));
  } else if (isFile(url)) {
    event.respondWith(file(event));
  }
});

// What somebody is told while none of our pages is open: its title, and where it leads.
addEventListener("push", (event) => {
  const { titulo, endereco } = event.data.json();
  const shown = { tag: endereco, data: endereco, icon: "/static/icons/app-192.png" };
  event.waitUntil(registration.showNotification(titulo, shown));
});
addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(lead(event.notification.data));
});

async function lead(address) {
  const [page] = await clients.matchAll({ type: "window" });
  if (!page) return clients.openWindow(address);
  await page.focus();
  return page.navigate(address);
}

async function install() {
  const cache = await caches.open(COMMON);
  const page = new Request(PAGE, { credentials: "omit" });
  await Promise.all([cache.addAll([page, ...KEPT]), renew()]);
  await skipWaiting();
}

async function activate() {
  await registration.navigationPreload?.enable();
  const old = (await caches.keys()).filter((name) => ![COMMON, OWN, FILES].includes(name));
  await Promise.all(old.map((name) => caches.delete(name)));
  await clients.claim();
}

async function visit(event, path) {
  try {
    const answer = (await event.preloadResponse) ?? (await fetch(event.request));
    if (BOOKINGS.test(path)) event.waitUntil(renew());
    return answer;
  } catch {
    return offlinePage();
  }
}

async function change(event) {
  try {
    const answer = await fetch(event.request);
    // A redirect of a navigation is not shown to workers.
    if (answer.ok || answer.type === "opaqueredirect") event.waitUntil(forget().then(renew));
    return answer;
  } catch (error) {
    if (event.request.mode === "navigate") return offlinePage();
    throw error;
  }
}

async function file(event) {
  const kept = await caches.match(event.request, { ignoreVary: true });
  if (kept) return kept;
  const answer = await fetch(event.request);
  if (answer.status === 200) event.waitUntil(keep(event.request, answer.clone()));
  return answer;
}

async function keep(request, answer) {
  const cache = await caches.open(FILES);
  await cache.put(request, answer);
  const oldest = (await cache.keys()).slice(0, -MOST_FILES);
  await Promise.all(oldest.map((request) => cache.delete(request)));
}

// Whatever has a hash of its content in its address.
function isFile({ pathname, searchParams }) {
  return searchParams.has("v") && (pathname === "/estilo.css" || pathname.startsWith("/static/"));
}

async function offlinePage() {
  for (const name of [OWN, COMMON]) {
    const page = await (await caches.open(name)).match(PAGE, { ignoreVary: true });
    if (page) return page;
  }
  return Response.error();
}

// Only what was asked for last is kept: a page on its way to somebody who signed out comes too late.
let asked = 0;

async function renew() {
  const mine = ++asked;
  const cache = await caches.open(OWN);
  const answer = await fetch(PAGE);
  if (answer.ok && mine === asked) await cache.put(PAGE, answer);
}

async function forget() {
  asked++;
  await caches.delete(OWN);
}
