// Leave quickly: the link works without this. With it, the page that was open is replaced in the
// history, so that Back doesn't return to it. Escape three times within three seconds does the same.

const PRESSES = 3;
const WITHIN_MS = 3000;
const link = document.getElementById("leave");
let pressed = [];

function leave(event) {
  if (event) event.preventDefault();
  // The next page may take a while to come; nothing is left to read meanwhile.
  document.documentElement.hidden = true;
  window.location.replace(link.href);
}

function count(event) {
  if (event.key !== "Escape" || event.repeat) return;
  pressed = pressed.filter((at) => event.timeStamp - at < WITHIN_MS).concat(event.timeStamp);
  // Taken from the browser, for which Escape means "stop loading the next page".
  if (pressed.length >= PRESSES) leave(event);
}

if (link) {
  link.addEventListener("click", leave);
  document.addEventListener("keydown", count);
}

// A page kept in memory would still show words to whoever presses Back.
window.addEventListener("pageshow", (event) => {
  if (event.persisted && document.documentElement.hidden) window.location.reload();
});
