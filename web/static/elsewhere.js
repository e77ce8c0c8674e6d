// What changed elsewhere is asked for again: words that wait no more, and that nobody has answered.

import { log, say, slot, word } from "./pieces.js";
import { pending, showAfterLog } from "./below.js";

const { room } = log.dataset;

async function ask(path) {
  const answer = await window.fetch(`/api/v1${path}`);
  return answer.ok ? (await answer.json()).items : null;
}

// A person looked, a pause ended, or another page of mine took it back.
export async function askWaiting() {
  const waits = await ask(`/rooms/${encodeURIComponent(room)}/waiting`);
  if (!waits) return;
  const clients = waits.map((one) => one.client_id);
  const isDecided = (item) =>
    !slot(item, "take-back").hidden && clients.indexOf(item.dataset.client) < 0;
  const decided = Array.from(pending.children).filter(isDecided);
  decided.forEach((item) => item.remove());
  if (decided.length) say(word("decided"));
}

// Who waits for a person hears where they wait that nobody has answered yet (promise 8); once.
export async function askNotices() {
  const told = await ask("/me/notices");
  const here = told && told.find((one) => one.kind === "support" && one.subject_id === room);
  const shown = document.querySelector("[data-after='waited']");
  if (!here || shown.textContent.trim() === here.words) return;
  const node = document.createElement("p");
  node.className = "note";
  node.textContent = here.words;
  showAfterLog("waited", node);
  say(here.words);
}
