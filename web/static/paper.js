// What becomes of the log: messages come, change, are put away and taken back.

import { clone, find, followingEnd, form, list, log, showBox, slot, word } from "./pieces.js";
import { newMessage, quoteReply, withoutWords } from "./message.js";
import { forgetSignsBy, react, signsOf } from "./signs.js";
import { dropSent, dropWaiting } from "./below.js";

function addLine(item) {
  const nothingYet = document.getElementById("no-words-yet");
  if (nothingYet) nothingYet.remove();
  followingEnd(() => list.append(item));
}

export function addMessage(frame, isMine) {
  if (find(list, "id", frame.id)) return;
  addLine(newMessage(frame, isMine));
  if (frame.client_id) dropWaiting(frame.client_id);
  dropSent(frame.seq);
}

// In a group, an event that is not for me is a message by someone I have shut out.
export function addSkipped(frame) {
  if (log.dataset.kind !== "group" || frame.is_quiet) return;
  const item = clone("skipped-template");
  item.dataset.seq = frame.seq;
  addLine(item);
}

export function replaceMessage(frame, isMine) {
  const item = find(list, "id", frame.id);
  if (!item) return;
  const signs = signsOf(item);
  list.replaceChild(newMessage(Object.assign({}, frame, { signs }), isMine), item);
  requote(frame.id);
}

// A quote says what is there now.
function requote(id) {
  Array.from(list.children).forEach((item) => {
    if (item.dataset.replyTo !== id || !slot(item, "words")) return;
    if (!slot(item, "reply")) {
      const quote = document.createElement("p");
      quote.className = "said-reply";
      quote.dataset.slot = "reply";
      item.insertBefore(quote, item.children[1]);
    }
    quoteReply(item, id);
  });
}

// `seq` is that of the change: my own stood below the talk until now.
export function changeMessage(frame, isMine) {
  dropSent(frame.seq);
  if (frame.message) replaceMessage(frame.message, isMine);
}

export function putSign(frame) {
  const item = find(list, "id", frame.subject);
  if (item) react(item, frame);
}

// Without a subject, all earlier words of the sender are gone.
export function takeAway(frame) {
  const isMeant = (item) =>
    frame.subject
      ? item.dataset.id === frame.subject
      : item.dataset.sender === frame.sender && Number(item.dataset.seq) < frame.seq;
  Array.from(list.children).filter(isMeant).forEach((item) => withoutWords(item, "removed"));
  if (!frame.subject) forgetSignsBy(frame.sender);
}

// The author goes on reading their own words; for everyone else they are put away.
export function putAway(frame) {
  const item = find(list, "id", frame.subject);
  if (!item) return;
  if (!item.classList.contains("mine")) withoutWords(item, "hidden");
  else if (slot(item, "words")) slot(item, "words").append(` ${word("put-away-mine")}`);
}

// Opens the page where one left off: at what is new, else at the end. Moves no focus.
export function openAtEnd() {
  if (window.location.hash) return;
  const fresh = document.getElementById("new");
  if (fresh) fresh.scrollIntoView({ block: "center" });
  else if (form) showBox();
}
