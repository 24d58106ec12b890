// The colours of the site: the browser's own choice beside the digits, and a preview that follows them.
// The server draws it: what is shown is what pages will have.

const field = (name) => document.getElementById(`id_${name}`);
const preview = document.querySelector("[data-look-preview]");
const isColour = (text) => /^#[0-9a-f]{6}$/i.test(text);
let waits;

const draw = () => {
  const query = new URLSearchParams();
  for (const name of ["accent", "paper", "typeface"]) query.set(name, field(name).value.trim());
  if (!isColour(query.get("accent")) || !isColour(query.get("paper"))) return;
  preview.src = `${preview.dataset.lookPreview}?${query}`;
};

const drawSoon = () => {
  clearTimeout(waits);
  waits = setTimeout(draw, 150);
};

for (const choice of document.querySelectorAll("[data-colour-of]")) {
  const digits = document.getElementById(choice.dataset.colourOf);
  const follow = () => {
    if (isColour(digits.value.trim())) choice.value = digits.value.trim().toLowerCase();
  };
  follow();
  choice.hidden = false;
  choice.addEventListener("input", () => {
    digits.value = choice.value;
    drawSoon();
  });
  digits.addEventListener("input", () => {
    follow();
    drawSoon();
  });
}

if (preview && field("accent")) {
  field("typeface").addEventListener("change", drawSoon);
  draw(); // a refused form comes back with what was typed
}
