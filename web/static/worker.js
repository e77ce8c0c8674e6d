// The service worker: Urgent help and its style, nothing else. It never touches another page,
// never keeps anybody's words, and asks for its copy signed out.

const SHELF = "urgent-help-1";
const SAVED_PAGE = "/help?saved=1";
const STYLE = ["/static/tokens.css", "/static/style.css", "/static/leave.js", "/static/icon.svg"];
const PATIENCE_MS = 4000;

async function fill() {
  const shelf = await caches.open(SHELF);
  const keep = [SAVED_PAGE].concat(STYLE).map(async (address) => {
    const answer = await fetch(address, { credentials: "omit", cache: "no-cache" });
    if (answer.ok) await shelf.put(address, answer);
  });
  await Promise.all(keep);
}

async function clearOldShelves() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== SHELF).map((name) => caches.delete(name)));
}

function tooLong() {
  return new Promise((_, refuse) => setTimeout(() => refuse(new Error("slow")), PATIENCE_MS));
}

// The network first, so that numbers are never older than they need to be.
async function freshOrSaved(request, saved) {
  try {
    const answer = await Promise.race([fetch(request), tooLong()]);
    if (answer.status < 500) return answer;
  } catch (reason) {
    // No connection, or the service is down: the saved copy is what this file is for.
  }
  return (await caches.match(saved)) || fetch(request);
}

self.addEventListener("install", (event) => {
  event.waitUntil(fill().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(clearOldShelves().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== self.location.origin) return;
  if (address.pathname === "/help") {
    event.respondWith(freshOrSaved(event.request, SAVED_PAGE));
    event.waitUntil(fill().catch(() => undefined));
  } else if (STYLE.indexOf(address.pathname) >= 0) {
    event.respondWith(freshOrSaved(event.request, address.pathname));
  }
});
