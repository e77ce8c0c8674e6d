// Draws a talk. Words only ever become text, never markup; markup is cloned from the <template>s
// that the server rendered with the same macros as the rest of the page.

const LONGEST_QUOTE = 120;

export const log = document.getElementById("log");
export const list = log.querySelector("ol");
export const pending = document.getElementById("pending");
// Where nobody can write just now, a sentence stands in its place.
export const form = document.querySelector("form#composer");
const status = document.getElementById("talk-status");
const afterLog = document.getElementById("after-log");

export function clone(id) {
  return document.getElementById(id).content.firstElementChild.cloneNode(true);
}

export function slot(node, name) {
  return node.querySelector(`[data-slot="${name}"]`);
}

export function word(name) {
  const words = document.getElementById("talk-words").content;
  return words.querySelector(`[data-word="${name}"]`).textContent;
}

// Compares values instead of building a selector: an id from outside never becomes one.
export function find(where, name, value) {
  return Array.from(where.children).find((item) => item.dataset[name] === String(value));
}

// `isHeardOnly` where the same words stand on the page already.
export function say(text, isHeardOnly = false) {
  status.textContent = text;
  status.classList.toggle("out-of-sight", isHeardOnly);
}

export function said() {
  return status.textContent;
}

const names = {};

// Puts the name on whatever that person said already.
export function learnName(id, name) {
  names[id] = name;
  list.querySelectorAll(".said:not(.mine)").forEach((item) => {
    const place = item.dataset.sender === id && slot(item, "name");
    if (place) place.textContent = name;
  });
}

export function isKnown(sender) {
  return !sender || Object.prototype.hasOwnProperty.call(names, sender);
}

function nameOf(sender) {
  return sender && isKnown(sender) ? names[sender] : word("someone");
}

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

function quoteReply(item, replyTo) {
  const answered = replyTo && find(list, "id", replyTo);
  const words = answered && slot(answered, "words");
  if (!words) {
    slot(item, "reply").remove();
    return;
  }
  item.dataset.replyTo = replyTo;
  // What stands folded under a content note is not quoted in the open.
  const noted = words.closest("details");
  const quote = noted ? noted.querySelector("summary").textContent : words.textContent;
  const name = slot(answered, "name").textContent;
  slot(item, "reply").textContent = `${name}: ${quote.slice(0, LONGEST_QUOTE)}`;
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

function newMessage(frame, isMine) {
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
  if (typeof frame.text !== "string") return withoutWords(item, frame.status);
  quoteReply(item, frame.reply_to);
  writeWords(slot(item, "words"), frame, isMine);
  foldUnderNote(item, frame.note);
  if (frame.status === "hidden") slot(item, "words").append(` ${word("put-away-mine")}`);
  return item;
}

function withoutWords(item, status) {
  if (item.dataset.id) dropQuotesOf(item.dataset.id);
  Array.from(item.children).slice(1).forEach((node) => node.remove());
  const gone = item.appendChild(document.createElement("p"));
  gone.className = "said-gone";
  gone.textContent = word(status === "hidden" ? "put-away" : "gone");
  return item;
}

// Follows the talk only for someone who is at its end already; anyone else is reading. The box and
// Send stay in sight; who can read it may be below, so that more of the talk is above.
function followingEnd(change) {
  const isAtEnd = form && form.getBoundingClientRect().top < window.innerHeight;
  change();
  if (isAtEnd) showBox();
}

function showBox() {
  form.querySelector(".can-do").scrollIntoView({ block: "end" });
}

function addLine(item) {
  const nothingYet = document.getElementById("no-words-yet");
  if (nothingYet) nothingYet.remove();
  followingEnd(() => list.append(item));
}

export function addMessage(frame, isMine) {
  if (find(list, "id", frame.id)) return;
  addLine(newMessage(frame, isMine));
  if (frame.client_id) dropWaiting(frame.client_id);
  const mine = find(pending, "seq", frame.seq);
  if (mine) mine.remove();
}

// In a group, an event that is not for me is a message by someone I have shut out.
export function addSkipped(frame) {
  if (log.dataset.kind !== "group") return;
  const item = clone("skipped-template");
  item.dataset.seq = frame.seq;
  addLine(item);
}

export function replaceMessage(frame, isMine) {
  const item = find(list, "id", frame.id);
  if (!item) return;
  list.replaceChild(newMessage(frame, isMine), item);
  bringQuotesBack(frame.id);
}

function bringQuotesBack(id) {
  Array.from(list.children).forEach((item) => {
    if (item.dataset.replyTo !== id || slot(item, "reply") || !slot(item, "words")) return;
    const quote = document.createElement("p");
    quote.className = "said-reply";
    quote.dataset.slot = "reply";
    item.insertBefore(quote, item.children[1]);
    quoteReply(item, id);
  });
}

// Without a subject, all earlier words of the sender are gone.
export function takeAway(frame) {
  const isMeant = (item) =>
    frame.subject
      ? item.dataset.id === frame.subject
      : item.dataset.sender === frame.sender && Number(item.dataset.seq) < frame.seq;
  Array.from(list.children).filter(isMeant).forEach((item) => withoutWords(item, "removed"));
}

// The author goes on reading their own words; for everyone else they are put away.
export function putAway(frame) {
  const item = find(list, "id", frame.subject);
  if (!item) return;
  if (!item.classList.contains("mine")) withoutWords(item, "hidden");
  else if (slot(item, "words")) slot(item, "words").append(` ${word("put-away-mine")}`);
}

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
  slot(asked, "too-new").hidden = frame.choices.indexOf("anyway") >= 0;
  asked.querySelectorAll("[data-choice]").forEach((node) => {
    node.hidden = frame.choices.indexOf(node.dataset.choice) < 0;
  });
  showAfterLog("asked", asked);
}

// Opens the page where one left off: at what is new, else at the end. Moves no focus.
export function openAtEnd() {
  if (window.location.hash) return;
  const fresh = document.getElementById("new");
  if (fresh) fresh.scrollIntoView({ block: "center" });
  else if (form) showBox();
}
