// Words stay shut until asked for, each by itself. Whoever reads the whole window asks once.

const button = document.getElementById("show-all");

if (button) {
  button.hidden = false;
  button.addEventListener("click", () => {
    document.querySelectorAll(".veiled").forEach((words) => {
      words.open = true;
    });
  });
}
