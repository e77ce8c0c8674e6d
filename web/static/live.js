// The live connection: opens it, says hello, hands over frames, and comes back by itself.
// Used by talk.js and badges.js; knows nothing of pages.

const SHORTEST_MS = 500;
const LONGEST_MS = 30000;
// Closed because the sign-in ended: asking again would not help.
const SIGNED_OUT = 4001;

// A phone that changed its network often keeps a connection that leads nowhere: nothing comes, and
// nothing says so. Asked this often, and answered within that, it is still there.
const ASK_EVERY_MS = 25000;
const ANSWER_WITHIN_MS = 8000;

// Spread out, so that after a restart not everyone knocks at once.
function pauseBefore(attempt) {
  const ceiling = Math.min(LONGEST_MS, SHORTEST_MS * Math.pow(2, attempt));
  return SHORTEST_MS + Math.random() * ceiling;
}

function address() {
  const scheme = window.location.protocol === "https:" ? "wss://" : "ws://";
  return scheme + window.location.host + "/api/v1/live";
}

// crypto.randomUUID is younger than the browsers we promise to work in.
export function freshId() {
  const b = window.crypto.getRandomValues(new Uint8Array(16));
  b[6] = (b[6] & 15) | 64;
  b[8] = (b[8] & 63) | 128;
  const hex = Array.from(b, (x) => x.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

// hello()       gives the rooms to listen to, {room: [epoch, seq]}, each time anew
// onFrame(f)    gets every frame
// onUp, onDown  tell whether there is a connection
export function connect({ hello, onFrame, onUp, onDown }) {
  let socket = null;
  let attempt = 0;
  let timer = 0;
  let doubt = 0;
  let isWelcome = false;
  let isOver = false;

  function open() {
    timer = 0;
    forget();
    socket = new WebSocket(address());
    socket.onopen = () => socket.send(JSON.stringify({ type: "hello", rooms: hello() }));
    socket.onmessage = (event) => receive(JSON.parse(event.data));
    socket.onclose = (event) => closed(event.code);
    // Neither does one that never opens say so.
    doubt = window.setTimeout(() => closed(0), ANSWER_WITHIN_MS * 2);
  }

  function forget() {
    window.clearTimeout(doubt);
    doubt = 0;
    isWelcome = false;
    if (!socket) return;
    socket.onclose = null;
    socket.close();
    socket = null;
  }

  // Whatever comes is a sign of life.
  function receive(frame) {
    window.clearTimeout(doubt);
    doubt = 0;
    if (frame.type === "welcome") {
      attempt = 0;
      isWelcome = true;
      onUp();
    }
    if (frame.type === "goodbye") part(frame.retry_ms);
    onFrame(frame);
  }

  function closed(code) {
    forget();
    onDown();
    if (code !== SIGNED_OUT && !isOver) later(pauseBefore(attempt));
    attempt += 1;
  }

  // Without a pause, a goodbye is for good.
  function part(retryMs) {
    if (typeof retryMs === "number") later(Math.random() * retryMs);
    else isOver = true;
  }

  // A goodbye has set its own pause before the close that follows it: the first timer stands.
  function later(wait) {
    if (!timer) timer = window.setTimeout(open, wait);
  }

  function send(frame) {
    if (!isUp()) return false;
    socket.send(JSON.stringify(frame));
    return true;
  }

  function isUp() {
    return isWelcome && socket.readyState === WebSocket.OPEN;
  }

  // Asks whether the connection still leads somewhere; if no answer comes, makes a new one.
  function ask() {
    if (doubt || !send({ type: "ping" })) return;
    doubt = window.setTimeout(() => closed(0), ANSWER_WITHIN_MS);
  }

  function isAnotherNetwork() {
    if (!timer) {
      ask();
      return;
    }
    window.clearTimeout(timer);
    open();
  }

  window.addEventListener("online", isAnotherNetwork);
  document.addEventListener("visibilitychange", () => document.hidden || ask());
  window.setInterval(ask, ASK_EVERY_MS);
  open();
  return { send, isUp };
}
