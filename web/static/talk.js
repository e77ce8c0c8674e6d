// Makes a talk live. Everything here adds to a page that already works as a plain form: while the
// live connection is away, Send posts like that form and "Show new messages" is a link.
//
// The frames are those of docs/protocol.md.

import { connect, freshId } from "./live.js";
import { recall, remember } from "./kept.js";
import { askNotices, askWaiting } from "./elsewhere.js";
import * as paper from "./paper.js";

const { log, list, pending, form, word, say } = paper;
const box = form && form.elements.text;
const showNew = document.getElementById("show-new");
const room = log.dataset.room;
const epoch = Number(log.dataset.epoch);
const DRAFT = `draft:${room}`;
const OUTBOX = `outbox:${room}`;
// Shorter gaps are not worth a word; longer ones are.
const PATIENCE_MS = 5000;

let seq = Number(log.dataset.seq);
let { me } = log.dataset;
let awayTimer = 0;
let againTimer = 0;
let isFetching = false;
// Frames that came while a hole was being filled.
let kept = [];
// Words without an acknowledgement: {client_id, text, note, reply_to}. They outlive a reload and
// are sent again under the same client_id, which the server keeps once.
let outbox = recall(OUTBOX) || [];

// ---- what comes in ----

// Only an author is ever told the client_id.
function isMine(frame) {
  return Boolean(frame.client_id || (frame.sender && frame.sender === me));
}

const shows = {
  message(frame) {
    paper.addMessage(frame, isMine(frame));
    if (!isMine(frame) && !paper.isKnown(frame.sender)) askNames();
  },
  skipped: paper.addSkipped,
  removed: paper.takeAway,
  hidden: paper.putAway,
  unhidden: (frame) => frame.message && paper.replaceMessage(frame.message, isMine(frame.message)),
};

// Somebody joined after this page was made.
async function askNames() {
  const answer = await window.fetch("/api/v1/rooms");
  if (!answer.ok) return;
  const talks = (await answer.json()).items;
  const talk = talks.find((one) => one.room_id === room);
  if (talk) talk.members.forEach((one) => paper.learnName(one.account_id, one.name));
}

// Every event has its own number, so a hole always means that something was lost on the way.
function receive(frame) {
  if (frame.room !== room || frame.seq <= seq) return;
  if (isFetching) kept.push(frame);
  else if (frame.seq > seq + 1) fillHole([frame]);
  else apply(frame);
}

function apply(frame) {
  if (frame.seq <= seq) return;
  if (shows[frame.type]) shows[frame.type](frame);
  seq = frame.seq;
}

async function fillHole(frames) {
  if (isFetching) return;
  isFetching = true;
  try {
    await fetchHistory();
    // What the page no longer holds was let go for good: no reason to ask for it again.
    frames.forEach(apply);
  } catch (failed) {
    // What came meanwhile is read with the rest, next time.
    kept = [];
    sayAwaySoon();
    window.setTimeout(() => fillHole(frames), PATIENCE_MS);
  }
  isFetching = false;
  // There may be a hole among those too.
  kept.splice(0).forEach(receive);
}

async function fetchHistory() {
  let after = seq;
  while (after !== null) {
    const query = `?after=${encodeURIComponent(after)}&limit=100`;
    const answer = await window.fetch(log.dataset.history + query);
    if (!answer.ok) throw new Error(`history: ${answer.status}`);
    const page = await answer.json();
    page.items.forEach(apply);
    after = page.items.length ? page.next || null : null;
  }
}

function settle(frame) {
  const entry = outbox.find((one) => one.client_id === frame.client_id);
  outbox = outbox.filter((one) => one !== entry);
  remember(OUTBOX, outbox);
  return entry;
}

const answers = {
  welcome(frame) {
    me = frame.account;
  },
  message: receive,
  skipped: receive,
  removed: receive,
  hidden: receive,
  unhidden: receive,
  event: receive,
  changed(frame) {
    if (frame.what === "pending") askWaiting();
    if (frame.what === "notices") askNotices();
  },
  limited: (frame) => frame.room === room && fillHole([]),
  reset: (frame) => frame.room === room && say(word("reset")),
  sent(frame) {
    settle(frame);
    const item = paper.find(pending, "client", frame.client_id);
    // The message comes as an event of its own. Whichever is first, the words stand once.
    if (item && frame.seq <= seq) item.remove();
    else if (item) item.dataset.seq = frame.seq;
    say(frame.help ? word("sent") : "", frame.help === "line");
    if (frame.help) paper.showHelp(frame.help);
  },
  held(frame) {
    const entry = settle(frame);
    if (entry) paper.drawWaiting(entry, `${word("held")} ${paper.because(frame)}`, true);
    if (frame.help) paper.showHelp(frame.help, word("with-a-person"));
  },
  asked(frame) {
    const entry = settle(frame);
    paper.dropWaiting(frame.client_id);
    if (entry) paper.showAsked(entry, frame);
    say(`${word("not-sent")} ${paper.because(frame)}`);
    if (frame.help) paper.showHelp(frame.help, word("not-sent"));
  },
  busy(frame) {
    say(word("busy"));
    sendSoon(frame.retry_after_ms);
  },
  problem(frame) {
    say(frame.detail || frame.title);
    // It isn't known whether it was kept: only the same client_id makes it once.
    if (frame.code === "unavailable" && frame.client_id) {
      sendSoon(PATIENCE_MS);
      return;
    }
    const entry = settle(frame);
    paper.dropWaiting(frame.client_id);
    if (entry) giveBack(entry);
    if (frame.help) paper.showHelp(frame.help, frame.detail || frame.title);
  },
};

// ---- what goes out ----

// One timer for all that were asked to wait: they go out together, in their order.
function sendSoon(pauseMs) {
  window.clearTimeout(againTimer);
  againTimer = window.setTimeout(sendAll, pauseMs);
}

function sendAll() {
  outbox.forEach((entry) => live.send(Object.assign({ type: "send", room }, entry)));
}

// An empty box goes to the server, which says kindly what is missing.
function submit(event) {
  if (!box.value.trim()) return;
  event.preventDefault();
  const entry = { client_id: freshId(), text: box.value };
  if (form.elements.note.value) entry.note = form.elements.note.value;
  if (form.elements.reply_to) entry.reply_to = form.elements.reply_to.value;
  outbox.push(entry);
  remember(OUTBOX, outbox);
  paper.drawWaiting(entry, word("sending"));
  clearBox();
  // Whoever pressed Send goes on writing where they were.
  box.focus({ preventScroll: true });
  if (!live.send(Object.assign({ type: "send", room }, entry))) post(entry);
  window.setTimeout(() => warnIfWaiting(entry), PATIENCE_MS);
}

// The same as the plain form does, but where there is no network at all the page stays, and the
// words wait in the outbox. Sent on both ways, they are kept once: the client_id is the same.
async function post(entry) {
  let answer = null;
  try {
    answer = await window.fetch(form.action, { method: "POST", body: new URLSearchParams(entry) });
  } catch (noNetwork) {
    warnIfWaiting(entry);
    return;
  }
  if (outbox.indexOf(entry) < 0) return;
  settle(entry);
  if (answer.ok) window.location.assign(answer.url);
  else letFormSay(entry);
}

// The server's own page says what is wrong, with the words on it.
function letFormSay(entry) {
  paper.dropWaiting(entry.client_id);
  giveBack(entry);
  form.elements.client_id.value = entry.client_id;
  form.submit();
}

function clearBox() {
  form.querySelectorAll(".said-reply, [name='reply_to']").forEach((node) => node.remove());
  form.elements.note.value = "";
  box.value = "";
  keepDraft();
}

function keepDraft() {
  remember(DRAFT, { text: box.value, note: form.elements.note.value });
}

function warnIfWaiting(entry) {
  if (outbox.indexOf(entry) >= 0) paper.drawWaiting(entry, word("later"));
}

// What could not be sent goes back into the box, before anything that stands there by now.
function giveBack(entry) {
  box.value = box.value ? `${entry.text}\n${box.value}` : entry.text;
  if (entry.note && !form.elements.note.value) openNote(entry.note);
  keepDraft();
}

// A draft that equals my last message was posted by the form already.
function restoreDraft() {
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

// ---- joined together ----

// Counted from when it went away, however often it is tried again since.
function sayAwaySoon() {
  if (awayTimer) return;
  awayTimer = window.setTimeout(() => {
    awayTimer = 0;
    if (!live.isUp()) say(word("away"));
  }, PATIENCE_MS);
}

function isBack() {
  showNew.hidden = true;
  if (paper.said() === word("away")) say(word("back"));
  sendAll();
}

function isAway() {
  showNew.hidden = false;
  sayAwaySoon();
}

if (box) {
  restoreDraft();
  form.addEventListener("input", keepDraft);
  form.addEventListener("submit", submit);
}
const people = JSON.parse(log.dataset.people);
Object.keys(people).forEach((id) => paper.learnName(id, people[id]));
outbox.forEach((entry) => paper.drawWaiting(entry, word("later")));
paper.openAtEnd();

const live = connect({
  hello: () => ({ [room]: [epoch, seq] }),
  onFrame: (frame) => answers[frame.type] && answers[frame.type](frame),
  onUp: isBack,
  onDown: isAway,
});
