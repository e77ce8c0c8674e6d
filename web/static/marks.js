// What others let be seen, where one shows the same: how far they have read, and that they write.

import { log, word } from "./pieces.js";
import { nameOf } from "./names.js";

// Said again while somebody goes on writing; shown a little longer than that.
const TELL_EVERY_MS = 4000;
const SHOWN_MS = 6000;
const marks = JSON.parse(log.dataset.marks || "{}");
const readBy = document.getElementById("read-by");
const writing = document.getElementById("writing");
const names = new Map();
let toldAt = 0;

function lastOfMine() {
  const mine = log.querySelectorAll(".mine[data-seq]");
  const standing = Array.from(mine).filter((item) => !item.querySelector(".said-gone"));
  return standing.length ? Number(standing[standing.length - 1].dataset.seq) : 0;
}

// Only ever that something was read, never that it was not.
export function drawMarks() {
  if (!readBy) return;
  const last = lastOfMine();
  const reader = Object.keys(marks).find((id) => last && marks[id] >= last);
  readBy.textContent = reader ? word("read-by").replace("__name__", () => nameOf(reader)) : "";
}

export function putMark(frame) {
  if (frame.room !== log.dataset.room) return;
  marks[frame.account] = Math.max(frame.seq, marks[frame.account] || 0);
  drawMarks();
}

function drawWriting() {
  const now = Date.now();
  names.forEach((until, name) => until <= now && names.delete(name));
  const who = Array.from(names.keys()).join(", ");
  writing.textContent = who && word("writing").replace("__name__", () => who);
}

export function showWriting(frame) {
  if (!writing || frame.room !== log.dataset.room) return;
  names.set(frame.account ? nameOf(frame.account) : word("someone"), Date.now() + SHOWN_MS);
  drawWriting();
  window.setTimeout(drawWriting, SHOWN_MS + 50);
}

// Whoever has sent something writes no more.
export function stopWriting(sender) {
  if (writing && names.delete(nameOf(sender))) drawWriting();
}

// `send` tells it; nothing of what is typed goes with it.
export function tellWriting(send) {
  if (!writing || Date.now() - toldAt < TELL_EVERY_MS) return;
  toldAt = Date.now();
  send();
}
