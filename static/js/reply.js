// Answer a comment where it stands: the form moves under it. Without this the link reloads the page.
// The form says how long its page was open, too.

const section = document.querySelector("#respond");
const form = section?.querySelector("form");

// What is wrong is read out and stands in view, and so does a preview. Some browsers go to #respond, and take the
// focus away, only once the page is drawn.
const said = section?.querySelector('[role="alert"], #preview');
addEventListener("load", () => requestAnimationFrame(() => said?.focus()));

if (form) {
  const home = section.parentNode;
  const next = section.nextSibling;
  const title = section.querySelector("[data-title]");
  const { body, parent, seconds } = form.elements;
  const cancel = section.querySelector(".cancel");
  parent.value = section.dataset.parent; // Firefox keeps the last one over a reload, though the form is back in its place
  const before = Number(seconds.value); // the form came back with an error

  form.addEventListener("submit", () => {
    seconds.value = before + performance.now() / 1000;
  });

  const count = form.querySelector("[data-count]");
  const tell = () => {
    const number = body.value.length.toLocaleString(document.documentElement.lang);
    count.textContent = body.value && count.dataset.count.replace("{n}", number);
  };
  body.addEventListener("input", tell);
  tell();

  addEventListener("click", (event) => {
    const link = event.target.closest("[data-reply]");
    if (link) {
      event.preventDefault();
      const comment = link.closest(".comment");
      parent.value = comment.id.replace("comment-", "");
      title.textContent = title.dataset.titleTo.replace("{name}", comment.querySelector(".by b").textContent);
      cancel.hidden = false;
      comment.after(section);
      body.focus();
    } else if (event.target.closest("[data-cancel]") && section.parentNode !== home) {
      event.preventDefault();
      parent.value = "";
      title.textContent = title.dataset.title;
      cancel.hidden = true;
      home.insertBefore(section, next);
      section.scrollIntoView();
    }
  });
}
