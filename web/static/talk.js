// Makes a talk live. Everything here adds to a page that already works as a plain form: while the
// live connection is away, Send posts like that form and "Show new messages" is a link.
//
// The frames are those of docs/protocol.md.

import { connect } from "./live.js";
import { recall, remember } from "./kept.js";
import { askNotices, askWaiting } from "./elsewhere.js";
import { find, form, log, said, say, word } from "./pieces.js";
import { isKnown, learnName } from "./names.js";
import {
  box, clearBox, forgetKept, giveBack, keepDraft, restoreDraft, watchKeeping, written,
} from "./box.js";
import { watchSigns } from "./signs.js";
import { follow } from "./following.js";
import { keepPlace } from "./place.js";
import { drawMarks, putMark, showWriting, stopWriting, tellWriting } from "./marks.js";
import * as below from "./below.js";
import * as paper from "./paper.js";

const showNew = document.getElementById("show-new");
const { room } = log.dataset;
const epoch = Number(log.dataset.epoch);
const OUTBOX = `outbox:${room}`;
// Shorter gaps are not worth a word; longer ones are.
const PATIENCE_MS = 5000;

let { me } = log.dataset;
let awayTimer = 0;
let againTimer = 0;
// Words without an acknowledgement: {client_id, text, note, reply_to, edits}. They outlive a reload
// and are sent again under the same client_id, which the server keeps once.
let outbox = recall(OUTBOX) || [];

// ---- what comes in ----

// Only an author is ever told the client_id.
function isMine(frame) {
  return Boolean(frame.client_id || (frame.sender && frame.sender === me));
}

const shows = {
  message(frame) {
    paper.addMessage(frame, isMine(frame));
    if (!isMine(frame) && !isKnown(frame.sender)) askNames();
  },
  edited: (frame) => paper.changeMessage(frame, frame.message && isMine(frame.message)),
  reacted: paper.putSign,
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
  if (talk) talk.members.forEach((one) => learnName(one.account_id, one.name));
}

const following = follow({
  show(frame) {
    if (shows[frame.type]) shows[frame.type](frame);
    if (frame.type === "message") stopWriting(frame.sender);
    drawMarks();
    readSoon();
  },
  onFault: sayAwaySoon,
});

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
  event: following.receive,
  receipt: putMark,
  writing: showWriting,
  changed(frame) {
    if (frame.what === "pending") askWaiting();
    if (frame.what === "notices") askNotices();
  },
  limited: (frame) => frame.room === room && following.fillHole([]),
  reset: (frame) => frame.room === room && say(word("reset")),
  sent(frame) {
    settle(frame);
    forgetKept();
    const item = find(below.pending, "client", frame.client_id);
    // The message comes as an event of its own. Whichever is first, the words stand once.
    if (item && frame.seq <= following.upTo()) item.remove();
    else if (item) item.dataset.seq = frame.seq;
    say(frame.help ? word("sent") : "", frame.help === "line");
    if (frame.help) below.showHelp(frame.help);
  },
  held(frame) {
    const entry = settle(frame);
    if (entry) below.drawWaiting(entry, `${word("held")} ${below.because(frame)}`, true);
    if (frame.help) below.showHelp(frame.help, word("with-a-person"));
  },
  asked(frame) {
    const entry = settle(frame);
    below.dropWaiting(frame.client_id);
    if (entry) below.showAsked(entry, frame);
    say(`${word("not-sent")} ${below.because(frame)}`);
    if (frame.help) below.showHelp(frame.help, word("not-sent"));
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
    below.dropWaiting(frame.client_id);
    if (entry) giveBack(entry);
    if (frame.help) below.showHelp(frame.help, frame.detail || frame.title);
  },
};

function take(frame) {
  if (shows[frame.type]) following.receive(frame);
  else if (answers[frame.type]) answers[frame.type](frame);
}

// ---- what goes out ----

// One timer for all that were asked to wait: they go out together, in their order.
function sendSoon(pauseMs) {
  window.clearTimeout(againTimer);
  againTimer = window.setTimeout(sendAll, pauseMs);
}

function sendAll() {
  outbox.forEach(sendOne);
}

// A change names the message it changes; as a form field it is called otherwise.
function sendOne(entry) {
  const frame = Object.assign({ type: entry.edits ? "edit" : "send", room }, entry);
  if (entry.edits) frame.message = entry.edits;
  delete frame.edits;
  return live.send(frame);
}

// An empty box goes to the server, which says kindly what is missing.
function submit(event) {
  if (form.classList.contains("is-kept")) {
    remember(`draft:${room}`, { text: "", note: "" });
    return;
  }
  if (!box.value.trim()) return;
  event.preventDefault();
  const entry = written();
  outbox.push(entry);
  remember(OUTBOX, outbox);
  below.drawWaiting(entry, word("sending"));
  clearBox();
  // Whoever pressed Send goes on writing where they were.
  box.focus({ preventScroll: true });
  if (!sendOne(entry)) post(entry);
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
  below.dropWaiting(entry.client_id);
  giveBack(entry);
  form.elements.client_id.value = entry.client_id;
  form.submit();
}

function warnIfWaiting(entry) {
  if (outbox.indexOf(entry) >= 0) below.drawWaiting(entry, word("later"));
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
  readSoon();
  if (said() === word("away")) say(word("back"));
  sendAll();
}

function isAway() {
  showNew.hidden = false;
  sayAwaySoon();
}

if (box) {
  restoreDraft();
  watchKeeping();
  form.addEventListener("input", keepDraft);
  form.addEventListener("input", () => tellWriting(() => live.send({ type: "typing", room })));
  form.addEventListener("submit", submit);
}
const people = JSON.parse(log.dataset.people);
Object.keys(people).forEach((id) => learnName(id, people[id]));
const readSoon = keepPlace({
  upTo: following.upTo,
  send: (seq) => live.send({ type: "read", room, seq }),
});
watchSigns(me, (message, sign) => live.send({ type: "react", room, message, sign: sign || null }));
outbox.forEach((entry) => below.drawWaiting(entry, word("later")));
paper.openAtEnd();

const live = connect({
  hello: () => ({ [room]: [epoch, following.upTo()] }),
  onFrame: (frame) => take(frame),
  onUp: isBack,
  onDown: isAway,
});
