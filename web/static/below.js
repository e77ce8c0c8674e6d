// What stands between the talk and the box: my words that wait, help, and what I am asked.

import { clone, find, followingEnd, slot, word } from "./pieces.js";

export const pending = document.getElementById("pending");
const afterLog = document.getElementById("after-log");

// My words that are not in the talk yet stand below it, outside the log, so that a screen reader
// hears them once: when they have arrived.
export function drawWaiting(entry, why, canBeTakenBack = false) {
  const known = find(pending, "client", entry.client_id);
  const item = known || clone("waiting-template");
  item.dataset.client = entry.client_id;
  slot(item, "words").textContent = entry.text;
  slot(item, "why").textContent = why;
  slot(item, "take-back").hidden = !canBeTakenBack;
  slot(item, "take-back").querySelector("[name='client_id']").value = entry.client_id;
  if (!known) followingEnd(() => pending.append(item));
}

export function dropWaiting(clientId) {
  const item = find(pending, "client", clientId);
  if (item) item.remove();
}

// Sent, and in the log by now.
export function dropSent(seq) {
  const item = find(pending, "seq", seq);
  if (item) item.remove();
}

// One of each kind stands between the talk and the box; a newer one takes the place of the older.
export function showAfterLog(kind, node) {
  const box = find(afterLog, "after", kind);
  followingEnd(() => {
    box.textContent = "";
    box.append(node);
  });
}

// "Your message was sent." only where it was; `instead` says what became of it otherwise.
export function showHelp(help, instead = "") {
  const node = clone(help === "line" ? "help-line-template" : "help-card-template");
  if (instead) slot(node, "first-line").textContent = instead;
  showAfterLog("help", node);
}

// Each reason begins with its category, which is a word for staff.
export function because(frame) {
  const reasons = frame.why.map((line) => line.replace(/^\w+: */, "")).join(word("and"));
  return reasons && word("because").replace("__reasons__", () => reasons);
}

// A plain form that posts to the page: the same way as without script.
export function showAsked(entry, frame) {
  const asked = clone("asked-template");
  slot(asked, "why").textContent = because(frame);
  slot(asked, "words").value = entry.text;
  asked.elements.client_id.value = entry.client_id;
  asked.elements.note.value = entry.note || "";
  asked.elements.edits.value = entry.edits || "";
  slot(asked, "too-new").hidden = frame.choices.indexOf("anyway") >= 0;
  asked.querySelectorAll("[data-choice]").forEach((node) => {
    node.hidden = frame.choices.indexOf(node.dataset.choice) < 0;
  });
  showAfterLog("asked", asked);
}
