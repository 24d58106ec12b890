// Like a comment without leaving the page. What is refused is said beside the button.

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const button = form.elements.namedItem("like");
  if (!button || !form.closest(".acts")) return;
  event.preventDefault();
  if (button.ariaBusy) return;
  button.ariaBusy = "true";
  try {
    const body = new URLSearchParams({ like: button.value });
    const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Fragment": "like" } });
    const { likes, liked, error } = await answer.json();
    let note = form.querySelector("[role]");
    if (error) {
      note ??= form.appendChild(document.createElement("span"));
      note.role = "alert";
      note.textContent = error;
    } else {
      note?.remove();
      button.querySelector("b").textContent = likes || "";
      button.ariaPressed = String(liked);
      button.value = liked ? "0" : "1";
    }
  } catch {
    form.submit(); // the page says what is wrong
  }
  button.ariaBusy = null;
});
