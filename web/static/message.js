// Draws one message of a talk.

import { clone, find, list, log, slot, word } from "./pieces.js";
import { foldUnmet, holdsUnmet } from "./muted.js";
import { nameOf } from "./names.js";
import { writeSigns } from "./signs.js";

const LONGEST_QUOTE = 120;

// As the server writes it, by the organisation's clocks: "Tue 24 Nov 03:07". A page in "en" is in British English.
function clockTime(iso) {
  const { lang, dataset } = document.documentElement;
  const day = { weekday: "short", day: "numeric", month: "short" };
  const style = Object.assign(day, {
    hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: dataset.clocks,
  });
  return new Date(iso).toLocaleString(lang === "en" ? "en-GB" : lang, style).replace(/,/g, "");
}

// `folds` holds half-open spans in code points, as the server counts them, not UTF-16 units. For
// peers the words under them are gone already; the author still reads them, marked.
function writeWords(node, frame, isMine) {
  const points = Array.from(frame.text);
  let at = 0;
  node.textContent = "";
  (frame.folds || []).forEach(([start, end]) => {
    const fold = clone("fold-template");
    if (isMine) fold.textContent = `${word("only-you")} ${points.slice(start, end).join("")}`;
    node.append(points.slice(at, start).join(""), fold);
    at = end;
  });
  node.append(points.slice(at).join(""));
}

function addressLinks(item, id) {
  ["href", "action"].forEach((name) => {
    item.querySelectorAll(`[${name}*="__id__"]`).forEach((node) => {
      node.setAttribute(name, node.getAttribute(name).replace("__id__", encodeURIComponent(id)));
    });
  });
}

function foldUnderNote(item, note) {
  const noted = slot(item, "noted");
  if (!note) {
    noted.remove();
    return;
  }
  const summary = noted.querySelector("summary");
  summary.textContent = summary.textContent.replace("__note__", () => note);
  noted.append(slot(item, "words"));
}

export function quoteReply(item, replyTo) {
  const answered = replyTo && find(list, "id", replyTo);
  const words = answered && slot(answered, "words");
  if (replyTo) item.dataset.replyTo = replyTo;
  if (!words) {
    slot(item, "reply").hidden = true;
    // It may be further up than this page goes.
    if (replyTo && !answered) askQuote(item, replyTo);
    return;
  }
  // What stands folded, under a content note or otherwise, is not quoted in the open.
  const folded = words.closest("details");
  const quote = folded ? folded.querySelector("summary").textContent : words.textContent;
  const isUnmet = Boolean(answered.querySelector(".unmet")) || holdsUnmet(quote);
  putQuote(item, slot(answered, "name").textContent, quote, isUnmet);
}

function putQuote(item, name, quote, isUnmet = holdsUnmet(quote)) {
  const reply = slot(item, "reply");
  const shown = isUnmet ? noted(word("unmet")) : quote.slice(0, LONGEST_QUOTE);
  reply.textContent = `${name}: ${shown}`;
  reply.hidden = false;
}

function noted(note) {
  return word("noted").replace("__note__", () => note);
}

async function askQuote(item, id) {
  let frame = {};
  try {
    const answer = await window.fetch(`${log.dataset.history}/${encodeURIComponent(id)}`);
    frame = answer.ok ? await answer.json() : {};
  } catch (noNetwork) {
    // The words themselves are here; their quote comes with the page.
    return;
  }
  // Words that are shut out, put away or taken back are quoted nowhere.
  if (typeof frame.text !== "string" || !slot(item, "reply")) return;
  const name = frame.sender === log.dataset.me ? word("you-wrote") : nameOf(frame.sender);
  putQuote(item, name, frame.note ? noted(frame.note) : frame.text);
}

// Words that are gone are gone from above their answers too.
function dropQuotesOf(id) {
  Array.from(list.children).forEach((item) => {
    const quote = item.dataset.replyTo === id && slot(item, "reply");
    if (quote) quote.remove();
  });
}

function keepOnlyMy(item, isMine) {
  const others = isMine ? "theirs" : "mine";
  item.querySelectorAll(`[data-for="${others}"]`).forEach((node) => node.remove());
  item.classList.toggle("mine", isMine);
}

export function newMessage(frame, isMine) {
  const item = clone("message-template");
  const time = slot(item, "time");
  const at = frame.written_at || frame.at;
  item.id = `m-${frame.seq}`;
  Object.assign(item.dataset, { seq: frame.seq, id: frame.id, sender: frame.sender || "" });
  if (!isMine) slot(item, "name").textContent = nameOf(frame.sender);
  time.dateTime = at;
  time.textContent = clockTime(at);
  keepOnlyMy(item, isMine);
  addressLinks(item, frame.id);
  slot(item, "changed").hidden = !frame.edited_at;
  if (typeof frame.text !== "string") return withoutWords(item, frame.status);
  quoteReply(item, frame.reply_to);
  writeWords(slot(item, "words"), frame, isMine);
  foldUnderNote(item, frame.note);
  if (frame.status === "hidden") slot(item, "words").append(` ${word("put-away-mine")}`);
  writeSigns(item, frame.signs || {});
  if (!isMine) foldUnmet(item);
  return item;
}

export function withoutWords(item, status) {
  if (item.dataset.id) dropQuotesOf(item.dataset.id);
  Array.from(item.children).slice(1).forEach((node) => node.remove());
  if (status !== "hidden") return takenBack(item);
  const away = item.appendChild(document.createElement("p"));
  away.className = "said-gone";
  away.textContent = word("put-away");
  return item;
}

// Somebody whom the words hurt can still tell us of them.
function takenBack(item) {
  item.append(clone("gone-template"));
  keepOnlyMy(item, item.classList.contains("mine"));
  addressLinks(item, item.dataset.id);
  return item;
}
