// Proof of work, where the site asks for it: the browser computes while the reader writes. The hashes are
// made outside of this thread, some at a time, so that typing never waits. Nothing to click.

const form = document.querySelector("form[data-work]");
const PATIENCE = 20_000; // milliseconds; then the comment is sent as it is, and a moderator looks
const AT_ONCE = 128;

const zeroBits = (digest) => Math.clz32(new DataView(digest).getUint32(0));

const solve = async ({ challenge, bits }) => {
  const encoder = new TextEncoder();
  for (let first = 0; ; first += AT_ONCE) {
    const answers = Array.from({ length: AT_ONCE }, (_, index) => `${challenge}~${first + index}`);
    const digests = await Promise.all(
      answers.map((answer) => crypto.subtle.digest("SHA-256", encoder.encode(answer))),
    );
    const found = digests.findIndex((digest) => zeroBits(digest) >= bits);
    if (found >= 0) return answers[found];
  }
};

if (form && globalThis.crypto?.subtle) {
  const field = form.elements.namedItem("work");
  const status = form.querySelector("[data-work-status]");
  let working;
  let isPatient = true;

  const work = () => {
    working ??= fetch(form.dataset.work)
      .then((response) => response.json())
      .then(solve)
      .then((answer) => {
        field.value = answer;
      })
      .catch(() => {}); // no answer: the comment is held, not lost
    return working;
  };

  form.addEventListener("input", work, { once: true });
  form.addEventListener("submit", async (event) => {
    if (field.value || !isPatient) return;
    event.preventDefault();
    status.textContent = status.dataset.workStatus;
    await Promise.race([work(), new Promise((end) => setTimeout(end, PATIENCE))]);
    isPatient = false;
    form.requestSubmit(event.submitter);
  });
}
