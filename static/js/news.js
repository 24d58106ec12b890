// Say once a minute, while the page is looked at, how many comments have come since it was opened.
// comments.js loads this after the first minute.

const MINUTE = 60_000;

const look = async () => {
  const list = document.querySelector("#comments[data-news]"); // in another order it is another one
  const line = list?.querySelector(".news");
  if (document.hidden || !line) return;
  const answer = await fetch(list.dataset.news).catch(() => null);
  if (!answer?.ok) return;
  const fresh = (await answer.json()).count - list.dataset.shown;
  const text = fresh > 0 ? line.dataset.text.replace("{n}", fresh) : "";
  if (!text || line.textContent.startsWith(text)) return;
  const button = document.createElement("button");
  button.className = "link";
  button.textContent = line.dataset.show;
  button.addEventListener("click", () => {
    location.hash = "comments";
    location.reload();
  });
  line.replaceChildren(`${text} `, button);
};

look();
setInterval(look, MINUTE);
