// The box one writes in, and what was typed there: it outlives a reload.

import { form, list, log } from "./pieces.js";
import { freshId } from "./live.js";
import { recall, remember } from "./kept.js";

export const box = form && form.elements.text;
const DRAFT = `draft:${log.dataset.room}`;

// What the box holds, ready to go out: {client_id, text, note, reply_to, edits}.
export function written() {
  const entry = { client_id: freshId(), text: box.value };
  ["note", "reply_to", "edits"].forEach((name) => {
    const typed = form.elements[name];
    if (typed && typed.value) entry[name] = typed.value;
  });
  return entry;
}

export function clearBox() {
  const isChange = Boolean(form.elements.edits);
  // What was changed or answered is done with, also for a reload.
  if (form.querySelector(".said-reply")) {
    window.history.replaceState(null, "", window.location.pathname);
  }
  form.querySelectorAll(".said-reply, [name='reply_to']").forEach((node) => node.remove());
  form.elements.note.value = "";
  box.value = "";
  letGo();
  if (isChange) restoreDraft();
  else keepDraft();
}

// What was kept for later is on its way now; the server lets go of it once that is sent.
let wasKept = false;

function letGo() {
  form.querySelectorAll("[name='kept'], [data-slot='kept']").forEach((node) => {
    wasKept = true;
    node.remove();
  });
}

export function forgetKept() {
  if (!wasKept) return;
  wasKept = false;
  const room = encodeURIComponent(log.dataset.room);
  window.fetch(`/api/v1/rooms/${room}/draft`, { method: "DELETE" }).catch(() => {
    wasKept = true;
  });
}

// Pressed, the form posts as it does without script, and nothing of it stays on this device alone.
export function watchKeeping() {
  const later = form.querySelector("button[value='later']");
  if (later) later.addEventListener("click", () => form.classList.add("is-kept"));
}

// What stands in the box to be changed is in the talk already.
export function keepDraft() {
  if (form.elements.edits) return;
  remember(DRAFT, { text: box.value, note: form.elements.note.value });
}

// What could not be sent goes back into the box, before anything that stands there by now.
export function giveBack(entry) {
  box.value = box.value ? `${entry.text}\n${box.value}` : entry.text;
  if (entry.note && !form.elements.note.value) openNote(entry.note);
  if (entry.edits && !form.elements.edits) changeAgain(entry.edits);
  keepDraft();
}

function changeAgain(id) {
  const edits = document.createElement("input");
  Object.assign(edits, { type: "hidden", name: "edits", value: id, className: "said-reply" });
  form.append(edits);
}

// A draft that equals my last message was posted by the form already.
export function restoreDraft() {
  const draft = recall(DRAFT);
  const mine = list.querySelectorAll(".mine [data-slot='words']");
  const last = mine.length ? mine[mine.length - 1].textContent : "";
  // Typed after it was kept for later: newer than what the server has.
  const isTaken = box.value && !form.elements.kept;
  if (!draft || !draft.text || isTaken || draft.text.trim() === last.trim()) return;
  box.value = draft.text;
  if (draft.note) openNote(draft.note);
}

function openNote(note) {
  form.elements.note.value = note;
  form.elements.note.closest("details").open = true;
}
