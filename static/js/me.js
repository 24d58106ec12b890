// A browser that has acted here before asks for what is its own: its vote, its likes, its waiting comments.
// The page itself is the same for everybody.

const KEY = "byline:acted";

const acted = () => {
  try {
    return localStorage.getItem(KEY) !== null;
  } catch {
    return false; // storage is switched off
  }
};

document.addEventListener("submit", (event) => {
  try {
    const isPreview = event.submitter?.name === "preview"; // leaves nothing
    if (event.target.method === "post" && !isPreview) localStorage.setItem(KEY, "1");
  } catch {
    // The page stays everybody's.
  }
});

const source = document.querySelector("[data-me]");
if (source && acted()) {
  const answer = await fetch(source.dataset.me).catch(() => null);
  if (answer?.ok) {
    const mine = new DOMParser().parseFromString(await answer.text(), "text/html");
    const vote = mine.querySelector('[data-fragment="rating"]');
    if (vote) document.querySelector('[data-fragment="rating"]')?.replaceWith(vote);
    const items = [...mine.querySelectorAll(".thread > li")];
    const likes = mine.querySelector("[data-likes]").dataset.likes.split(" ").filter(Boolean);
    const putIn = () => {
      const waiting = items.filter((item) => !document.getElementById(item.querySelector(".comment").id));
      document.querySelector("#comments .thread")?.append(...waiting);
      for (const pk of likes) {
        const button = document.querySelector(`#comment-${pk} [name="like"]`);
        if (button) Object.assign(button, { ariaPressed: "true", value: "0" });
      }
    };
    putIn();
    document.addEventListener("byline:comments", putIn); // they came in another order
  }
}
