// Keys and passkeys: ask the browser for a credential and send it with the form it was asked for.
// Forms stay hidden where the browser cannot do it. Options come with the page, or from the server on the click.

const { credentials } = navigator;

const optionsOf = async (form) => {
  if (!form.dataset.optionsUrl) return JSON.parse(form.querySelector('script[type="application/json"]').textContent);
  const answer = await fetch(form.dataset.optionsUrl, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(answer.statusText);
  return (await answer.json()).request_options;
};

const create = (form, publicKey) => {
  // A passkey lives in the device and checks who holds it; a second step needs neither.
  const isPasskey = form.elements.passwordless.checked;
  Object.assign(publicKey.authenticatorSelection, {
    residentKey: isPasskey ? "required" : "discouraged",
    requireResidentKey: isPasskey,
    ...(isPasskey && { userVerification: "required" }),
  });
  return credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey) });
};

const get = (form, publicKey) =>
  credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey) });

for (const form of document.querySelectorAll("[data-passkey]")) {
  form.hidden = !globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON;
  const failed = form.querySelector("[data-passkey-failed]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    failed.hidden = true;
    try {
      const { publicKey } = await optionsOf(form);
      const credential = await (form.dataset.passkey === "create" ? create : get)(form, publicKey);
      form.elements.credential.value = JSON.stringify(credential);
      form.submit();
    } catch {
      failed.hidden = false; // refused, timed out, or no key at hand: the browser does not say which
    }
  });
}
