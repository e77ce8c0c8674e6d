// Keeps one page, Urgent help, readable without a connection. Nothing else is ever stored.

if ("serviceWorker" in navigator) {
  window.addEventListener("load", () => {
    navigator.serviceWorker.register("/worker.js", { scope: "/" }).catch(() => {
      // Private windows refuse workers. The page itself works as before.
    });
  });
}
