// Keeps one's place in the talk, where one asked for that: says how far this screen has shown it.

import { log } from "./pieces.js";

// Not for every line of a lively talk.
const PAUSE_MS = 3000;

// upTo()     the newest number that is shown
// send(seq)  tells it; true when it went out
export function keepPlace({ upTo, send }) {
  let read = Number(log.dataset.read);
  let timer = 0;

  function tell() {
    timer = 0;
    const seq = upTo();
    if (document.visibilityState === "visible" && seq > read && send(seq)) read = seq;
  }

  function soon() {
    if (log.dataset.read !== undefined && !timer) timer = window.setTimeout(tell, PAUSE_MS);
  }

  // With this, nobody has to say it.
  const button = document.getElementById("have-read");
  if (button) button.hidden = true;
  document.addEventListener("visibilitychange", soon);
  return soon;
}
