// Follows the numbers of a talk's events: each is shown once and in order, and a hole is filled.

import { log } from "./pieces.js";

const AGAIN_MS = 5000;

// show(frame)  shows one event
// onFault()    tells that a hole could not be filled just now
export function follow({ show, onFault }) {
  let seq = Number(log.dataset.seq);
  let isFetching = false;
  // Frames that came while a hole was being filled.
  let kept = [];

  // Every event has its own number, so a hole always means that something was lost on the way.
  function receive(frame) {
    if (frame.room !== log.dataset.room || frame.seq <= seq) return;
    if (isFetching) kept.push(frame);
    else if (frame.seq > seq + 1) fillHole([frame]);
    else apply(frame);
  }

  function apply(frame) {
    if (frame.seq <= seq) return;
    show(frame);
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
      onFault();
      window.setTimeout(() => fillHole(frames), AGAIN_MS);
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

  return { receive, fillHole, upTo: () => seq };
}
