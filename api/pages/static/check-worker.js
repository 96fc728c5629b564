"use strict";
/* Keeps /check usable without a network: what was loaded once is given again when the server cannot be reached. Only
   the page, the site's own files and the proofs that were looked at are kept; everything else goes to the server. */

const KEPT = "mingzhang-check";
const OURS = /^\/check$|^\/static\/|^\/api\/v1\/notices\/.*\/proof$/;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

const answered = async (request) => {
  const kept = await caches.open(KEPT);
  try {
    const answer = await fetch(request);
    if (answer.ok && !/no-store/.test(answer.headers.get("Cache-Control"))) await kept.put(request, answer.clone());
    return answer;
  } catch (fault) {
    const found =
      (await kept.match(request)) || (new URL(request.url).pathname === "/check" && (await kept.match("/check", { ignoreSearch: true })));
    if (!found) throw fault;
    const headers = new Headers(found.headers);
    headers.set("Mingzhang-Kept", "1"); // the page says that it is not of today
    return new Response(found.body, { status: found.status, headers });
  }
};

self.addEventListener("fetch", (event) => {
  const { origin, pathname } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== self.location.origin || !OURS.test(pathname)) return;
  event.respondWith(answered(event.request));
});
