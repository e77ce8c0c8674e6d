// The quiet signs under a message: names, never how many.

import { form, list, slot, word } from "./pieces.js";
import { nameOf } from "./names.js";

const SIGNS = ["with_you", "thank_you", "know_this", "thinking_of_you"];
let me = "";

export function signsOf(item) {
  return JSON.parse(item.dataset.signs || "{}");
}

export function writeSigns(item, signs) {
  const line = slot(item, "signs");
  item.dataset.signs = JSON.stringify(signs);
  if (!line) return;
  line.textContent = SIGNS.map((sign) => lineOf(sign, signs)).filter(Boolean).join(" ");
  line.hidden = !line.textContent;
  const mine = slot(item, "no-sign");
  if (mine) mine.hidden = !signs[me];
}

function lineOf(sign, signs) {
  const by = Object.keys(signs).filter((id) => signs[id] === sign);
  const names = by.map((id) => (id === me ? word("you") : nameOf(id))).join(", ");
  return names && word(`sign-${sign}`).replace("__names__", () => names);
}

// One sign each: a newer one takes the place of the older.
export function react(item, frame) {
  const signs = signsOf(item);
  delete signs[frame.sender];
  if (frame.sign) signs[frame.sender] = frame.sign;
  writeSigns(item, signs);
}

export function forgetSignsBy(sender) {
  Array.from(list.children).forEach((item) => {
    if (item.dataset.signs) react(item, { sender });
  });
}

// The buttons are plain forms; `put(id, sign)` tells whether it took one on over the live connection.
export function watchSigns(account, put) {
  me = account;
  if (!form) return;
  list.addEventListener("submit", (event) => {
    const item = event.target.dataset.slot === "put-sign" && event.target.closest(".said");
    const button = item && event.submitter;
    if (!button || !put(item.dataset.id, button.value)) return;
    event.preventDefault();
    event.target.closest("details").open = false;
    event.target.closest("details").querySelector("summary").focus();
  });
}
