// Staff pages by keyboard: j next, k previous, c claim, ? help. A tick turns the keys off for good,
// for people who speak to their computer (WCAG 2.1.4).

const rows = document.getElementById("rows");
const help = document.getElementById("keys");
const tick = document.getElementById("use-keys");
const STORE = "use-keys";

const links = () => Array.from(rows.querySelectorAll("[data-row] th a"));
const rowNow = () => document.activeElement && document.activeElement.closest("[data-row]");

function step(by) {
  const all = links();
  const at = all.findIndex((link) => link.closest("[data-row]") === rowNow());
  const next = at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + by));
  if (all[next]) all[next].focus();
}

function claim() {
  const button = rowNow() && rowNow().querySelector("[data-claim]");
  if (button) button.click();
}

function showHelp() {
  help.open = true;
  help.querySelector("summary").focus();
}

const does = { j: () => step(1), k: () => step(-1), c: claim, "?": showHelp };

function pressed(event) {
  const isTyping = event.target.closest("input, textarea, select");
  if (isTyping || event.ctrlKey || event.altKey || event.metaKey || !tick.checked) return;
  if (!Object.prototype.hasOwnProperty.call(does, event.key)) return;
  event.preventDefault();
  does[event.key]();
}

if (rows && help && tick) {
  tick.checked = window.localStorage.getItem(STORE) !== "no";
  tick.addEventListener("change", () => {
    window.localStorage.setItem(STORE, tick.checked ? "yes" : "no");
  });
  document.addEventListener("keydown", pressed);
}
