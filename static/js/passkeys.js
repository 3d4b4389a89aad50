// Passkeys: the browser asks the device, the server checks the answer.
const part = document.querySelector(".passkey");
const { challenge, answer, refused } = part.dataset;
const complaint = part.querySelector("[role=alert]");

if (globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON) part.hidden = false;

part.querySelector("button:not([type=button])")?.form.addEventListener("submit", (event) => {
  event.preventDefault();
  attempt(async () => {
    const options = await post(part.action, new URLSearchParams(new FormData(part)));
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
    return navigator.credentials.create({ publicKey });
  });
});

part.querySelector("button[type=button]")?.addEventListener("click", () => {
  attempt(async () => {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(await post(challenge));
    return navigator.credentials.get({ publicKey });
  });
});

async function attempt(askDevice) {
  complaint.hidden = true;
  const button = part.querySelector("button");
  button.disabled = true;
  try {
    const credential = await askDevice();
    const { address } = await post(answer, JSON.stringify(credential), "application/json");
    location.assign(address);
  } catch (error) {
    // Whoever turned it down knows; what the server says is in the reader's language.
    complaint.textContent = error instanceof Refusal ? error.message : refused;
    complaint.hidden = false;
  } finally {
    button.disabled = false;
  }
}

class Refusal extends Error {}

async function post(address, body, type) {
  const headers = { Accept: "application/json", ...(type && { "Content-Type": type }) };
  const reply = await fetch(address, { method: "POST", body, headers });
  const content = await reply.json();
  if (!reply.ok) throw new Refusal(content.detail);
  return content;
}
