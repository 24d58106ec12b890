// Says how long the page was open before the comment was sent. Without it nobody knows, and nothing follows.

const form = document.querySelector("#respond form");
const field = form?.elements.namedItem("seconds");

if (field) {
  const before = Number(field.value) || 0; // the form came back with an error: that time counts, too
  form.addEventListener("submit", () => {
    field.value = (before + performance.now() / 1000).toFixed(1);
  });
}
