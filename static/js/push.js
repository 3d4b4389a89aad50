// Has this browser show what its reader is told, also while it is closed.
const form = document.getElementById("aparelho");
if (form && "PushManager" in window && navigator.serviceWorker) {
  form.hidden = false;
  document.querySelector("[data-without]").hidden = true;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    switchOn().catch(() => (form.querySelector("[data-denied]").hidden = false));
  });
}

async function switchOn() {
  if ((await Notification.requestPermission()) !== "granted") throw new Error("denied");
  const { endpoint, keys } = (await subscription()).toJSON();
  form.elements.endereco.value = endpoint;
  form.elements.chave.value = keys.p256dh;
  form.elements.segredo.value = keys.auth;
  form.submit();
}

async function subscription() {
  const { pushManager } = await navigator.serviceWorker.ready;
  // One that was made for an earlier key of ours can't be used.
  await (await pushManager.getSubscription())?.unsubscribe();
  return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: form.dataset.key });
}
