// Says on a staff page that there is something new. It never changes the list under someone's hands.

import { connect } from "./live.js";

const badge = document.getElementById("badge");

if (badge) {
  connect({
    hello: () => ({}),
    onFrame: (frame) => {
      if (frame.type === "changed" && frame.what === badge.dataset.what) badge.hidden = false;
    },
    onUp: () => undefined,
    onDown: () => undefined,
  });
}
