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
  if (isChange) restoreDraft();
  else keepDraft();
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
  if (!draft || !draft.text || box.value || draft.text.trim() === last.trim()) return;
  box.value = draft.text;
  if (draft.note) openNote(draft.note);
}

function openNote(note) {
  form.elements.note.value = note;
  form.elements.note.closest("details").open = true;
}
